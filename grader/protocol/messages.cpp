#include <protocol/messages.hpp>
#include <protocol/trace_codec.hpp>

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

constexpr std::size_t max_names = 256;
constexpr std::size_t max_numbers = 100'000;
constexpr std::size_t max_choices = 1'000'000;

void write(wire::Writer& writer, const Numbers& numbers) {
    writer.number(numbers.size());
    for (const auto& [name, list] : numbers) {
        writer.text(name);
        writer.number(list.size());
        for (const std::int64_t number : list) writer.signed_number(number);
    }
}

Numbers read_numbers(wire::Reader& reader) {
    Numbers numbers;
    for (std::size_t left = reader.length(max_names); left > 0; --left) {
        std::string name{reader.text()};
        std::vector<std::int64_t> list(reader.length(max_numbers));
        for (std::int64_t& number : list) number = reader.signed_number();
        if (!numbers.emplace(std::move(name), std::move(list)).second)
            throw wire::Malformed{"Two lists have one name."};
    }
    return numbers;
}

void write(wire::Writer& writer, const Run& run) {
    writer.enumerator(run.policy.kind);
    writer.number(run.policy.depth);
    writer.number(run.policy.length);
    writer.number(run.policy.choices.size());
    for (const std::uint16_t choice : run.policy.choices) writer.number(choice);
    writer.number(run.seed);
    writer.number(run.spurious_wakeups);
}

Run read_run(wire::Reader& reader) {
    Run run;
    run.policy.kind = reader.enumerator(lab::Policy::Kind::replay);
    run.policy.depth = static_cast<unsigned>(reader.number(1'000'000));
    run.policy.length = static_cast<unsigned>(reader.number(1'000'000'000));
    run.policy.choices.resize(reader.length(max_choices));
    for (std::uint16_t& choice : run.policy.choices)
        choice = static_cast<std::uint16_t>(reader.number(0xffff));
    run.seed = reader.number();
    run.spurious_wakeups = static_cast<unsigned>(reader.number(1'000'000));
    return run;
}

void write(wire::Writer& writer, const Answer& answer) {
    writer.flag(answer.finished);
    writer.flag(answer.unwritten.has_value());
    if (answer.unwritten) {
        writer.text(answer.unwritten->file);
        writer.number(answer.unwritten->line);
        writer.text(answer.unwritten->what);
    }
    write(writer, answer.numbers);
    writer.number(answer.texts.size());
    for (const auto& [name, text] : answer.texts) {
        writer.text(name);
        writer.text(text);
    }
}

Answer read_answer(wire::Reader& reader) {
    Answer answer;
    answer.finished = reader.flag();
    if (reader.flag()) {
        Unwritten unwritten;
        unwritten.file = reader.text();
        unwritten.line = static_cast<unsigned>(reader.number(10'000'000));
        unwritten.what = reader.text();
        answer.unwritten = std::move(unwritten);
    }
    answer.numbers = read_numbers(reader);
    for (std::size_t left = reader.length(max_names); left > 0; --left) {
        std::string name{reader.text()};
        if (!answer.texts.emplace(std::move(name), reader.text()).second)
            throw wire::Malformed{"Two texts have one name."};
    }
    return answer;
}

}  // namespace

std::optional<std::int64_t> Answer::number(std::string_view name) const {
    const std::vector<std::int64_t>& found = list(name);
    if (found.empty()) return std::nullopt;
    return found.front();
}

const std::vector<std::int64_t>& Answer::list(std::string_view name) const {
    static const std::vector<std::int64_t> none;
    const auto found = numbers.find(name);
    return found == numbers.end() ? none : found->second;
}

std::string_view Answer::text(std::string_view name) const {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string_view{} : found->second;
}

std::string encode(const Request& request) {
    wire::Writer writer;
    writer.number(protocol_version);
    writer.text(request.scenario);
    write(writer, request.workload);
    writer.number(request.cores);
    writer.flag(request.compute_takes_time);
    writer.number(request.max_steps);
    writer.number(request.max_spin);
    writer.flag(request.stacks);
    writer.flag(request.until_race);
    writer.number(request.runs.size());
    for (const Run& run : request.runs) write(writer, run);
    return writer.take();
}

Request decode_request(std::string_view bytes) {
    wire::Reader reader{bytes};
    if (reader.number() != protocol_version)
        throw wire::Malformed{"The request is of another version of the protocol."};
    Request request;
    request.scenario = reader.text();
    request.workload = read_numbers(reader);
    request.cores = static_cast<unsigned>(reader.number(1'024));
    request.compute_takes_time = reader.flag();
    request.max_steps = static_cast<std::uint32_t>(reader.number(UINT32_MAX));
    request.max_spin = static_cast<std::uint32_t>(reader.number(UINT32_MAX));
    request.stacks = reader.flag();
    request.until_race = reader.flag();
    for (std::size_t left = reader.length(max_runs); left > 0; --left)
        request.runs.push_back(read_run(reader));
    reader.end();
    return request;
}

std::string encode_played(const Answer& answer, lab::Trace&& trace, bool stacks) {
    wire::Writer writer;
    write(writer, answer);
    write_trace(writer, std::move(trace), stacks);
    return writer.take();
}

Played decode_played(std::string_view bytes, const Run& run) {
    wire::Reader reader{bytes};
    Answer answer = read_answer(reader);
    lab::Trace trace = read_trace(reader, run);
    reader.end();
    return {std::move(answer), std::move(trace)};
}

std::string encode(const Finished& finished) {
    wire::Writer writer;
    writer.number(protocol_version);
    writer.number(finished.runs);
    writer.text(finished.complaint);
    return writer.take();
}

Finished decode_finished(std::string_view bytes) {
    wire::Reader reader{bytes};
    if (reader.number() != protocol_version)
        throw wire::Malformed{"The worker was built for another version of the protocol."};
    Finished finished;
    finished.runs = reader.number(max_runs);
    finished.complaint = reader.text();
    reader.end();
    return finished;
}

}  // namespace lockstep
