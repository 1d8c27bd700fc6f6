#include <commands/commands.hpp>
#include <commands/terminal.hpp>

#include <doctor/doctor.hpp>
#include <lab/printable.hpp>
#include <report/foreign.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

std::string as_json(const std::vector<Symptom>& symptoms) {
    Json list = Json::array();
    for (const Symptom& symptom : symptoms) {
        list.push_back(Json{{"id", symptom.id},
                            {"health", name_of(symptom.health)},
                            {"says", symptom.says},
                            {"consequence", symptom.consequence},
                            {"fix", symptom.fix}});
    }
    Json document;
    document["health"] = name_of(overall(symptoms));
    document["symptoms"] = std::move(list);
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string_view mark_of(Health health) {
    return health == Health::fine ? "✓" : health == Health::degraded ? "!" : "✗";
}

std::string as_text(const std::vector<Symptom>& symptoms, unsigned width) {
    std::string text;
    for (const Symptom& symptom : symptoms) {
        std::string sentences = symptom.says;
        for (const std::string& more : {symptom.consequence, symptom.fix}) {
            sentences += more.empty() ? "" : ' ' + more;
        }
        text += lab::printable::wrap(fmt::format("{} {:<9} {}", mark_of(symptom.health), symptom.id,
                                                 clean_sentence(sentences)),
                                     width, 12);
    }
    switch (overall(symptoms)) {
    case Health::fine: return text + "This machine can grade.\n";
    case Health::degraded: return text + "This machine can grade, with less than all.\n";
    case Health::broken: break;
    }
    return text + "This machine can't grade.\n";
}

}  // namespace

int doctor(const DoctorOptions& options) {
    const Kit kit = Kit::find();
    const std::vector<Symptom> symptoms =
        examine_machine(kit, options.cache.empty() ? default_cache() : options.cache);
    if (options.format == Format::json) {
        print(as_json(symptoms));
    } else {
        const TextStyle style = style_of_stdout(Colour::never);
        const std::string text = without_commands(as_text(symptoms, style.width));
        print(style.unicode ? text : to_ascii(text));
    }
    switch (overall(symptoms)) {
    case Health::fine: return 0;
    case Health::degraded: return 1;
    case Health::broken: break;
    }
    return 3;
}

}  // namespace lockstep
