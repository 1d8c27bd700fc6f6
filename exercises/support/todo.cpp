#include <support/todo.hpp>

#include <lab/events.hpp>
#include <support/journal.hpp>

namespace lockstep {

std::string SourcePlace::brief() const {
    std::string_view name = file;
    name.remove_prefix(name.find_last_of('/') + 1);  // npos + 1 is 0
    return std::string{name} + ':' + std::to_string(line);
}

Todo::Todo(std::string_view what_to_write, SourcePlace where)
    : std::logic_error{std::string{not_written_yet} + where.brief() + ": " +
                       std::string{what_to_write}},
      where_{where} {}

void todo(std::string_view what_to_write, SourcePlace where) {
    const Todo exception{what_to_write, where};
    lab::event(exception.what());
    journal::note_unwritten(exception.what());
    throw Todo{exception};
}

}  // namespace lockstep
