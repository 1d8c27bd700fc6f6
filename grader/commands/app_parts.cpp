#include <commands/app_parts.hpp>

#include <lab/printable.hpp>

namespace lockstep {
namespace {

const std::map<std::string, Language> languages{{"en", Language::en}, {"fr", Language::fr}};
const std::map<std::string, Colour> colours{
    {"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}};

constexpr std::size_t option_columns = 24;

}  // namespace

std::string folded(const std::string& text) {
    std::string lines = lab::printable::wrap(text, 80 - option_columns - 2);
    lines.pop_back();
    return lines;
}

std::unique_ptr<CLI::App> make_command(const std::string& name, const std::string& line,
                                       const std::string& more) {
    auto app = std::make_unique<CLI::App>(line, name);
    app->get_formatter()->column_width(option_columns);
    app->footer(more + "\n\n" + exit_codes);
    return app;
}

void add_language(CLI::App& app, Language& language) {
    choice(app, "--language", language, languages, "whose words to use (default: en)");
}

void add_colour(CLI::App& app, Colour& colour) {
    choice(app, "--color", colour, colours,
           "colours in text (default: auto, on a terminal unless NO_COLOR is set)");
}

void add_exercises(CLI::App& app, std::vector<std::string>& exercises, const std::string& what) {
    app.add_option("--exercise", exercises, folded(what))
        ->option_text("ID")
        ->take_all()
        ->allow_extra_args(false);
}

void add_cache(CLI::App& app, std::filesystem::path& cache) {
    app.add_option("--cache", cache,
                   folded("where what was built is kept (default: $LOCKSTEP_CACHE, else "
                          "~/.cache/lockstep)"))
        ->option_text("DIR");
}

void add_jobs(CLI::App& app, unsigned& jobs) {
    app.add_option("--jobs", jobs, folded("how many at a time (default: one per usable core)"))
        ->option_text("N")
        ->check(CLI::Range(1U, 1024U));
}

}  // namespace lockstep
