#include <support/searched.hpp>

#include <support/todo.hpp>

#include <algorithm>
#include <sstream>

namespace lockstep {
namespace {

constexpr std::size_t longest_sentence = 400;

std::string in_one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text.substr(0, longest_sentence);
}

}  // namespace

std::string Searched::text() const {
    std::ostringstream out;
    out << threw << '\n' << in_one_line(what) << '\n' << slice.first << ' ' << slice.last << '\n';
    for (const std::uint64_t value : flight) out << value << ' ';
    return out.str();
}

Searched Searched::from(const std::string& text) {
    std::istringstream in{text};
    Searched found;
    std::getline(in, found.threw);
    std::getline(in, found.what);
    in >> found.slice.first >> found.slice.last;
    for (std::uint64_t value = 0; in >> value;) found.flight.push_back(value);
    return found;
}

Searched searched(const std::function<Flight()>& search) {
    Searched result;
    try {
        result.flight = search();
    } catch (const Todo&) {
        throw;
    } catch (const WorkerError& error) {
        result.threw = "WorkerError";
        result.what = error.what();
        result.slice = error.slice();
    } catch (const std::invalid_argument& error) {
        result.threw = "std::invalid_argument";
        result.what = error.what();
    } catch (const std::exception& error) {
        result.threw = "another exception";
        result.what = error.what();
    } catch (...) {
        result.threw = "an exception that is no std::exception";
    }
    return result;
}

}  // namespace lockstep
