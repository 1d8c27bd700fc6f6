#include <contain/wire.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace lockstep {
namespace {

using nlohmann::json;

/// Paths and arguments need not be UTF-8 either.
json binary(const std::string& text) {
    return json::binary(json::binary_t::container_type(text.begin(), text.end()));
}

std::string text(const json& value) {
    const auto& bytes = value.get_binary();
    return {bytes.begin(), bytes.end()};
}

json binaries(const std::vector<std::string>& texts) {
    json result = json::array();
    for (const auto& each : texts) result.push_back(binary(each));
    return result;
}

std::vector<std::string> texts(const json& values) {
    std::vector<std::string> result;
    for (const auto& each : values) result.push_back(text(each));
    return result;
}

}  // namespace

Bytes encode(const Order& order) {
    const Job& job = order.job;
    json mounts = json::array();
    for (const auto& mount : job.mounts) {
        mounts.push_back({{"from", binary(mount.from.string())},
                          {"to", binary(mount.to.string())},
                          {"writable", mount.writable}});
    }
    return json::to_cbor({{"sandbox", order.sandbox},
                          {"command", binaries(job.command)},
                          {"mounts", std::move(mounts)},
                          {"working_folder", binary(job.working_folder.string())},
                          {"environment", binaries(job.environment)},
                          {"wall_ms", job.limits.wall.count()},
                          {"cpu_ms", job.limits.cpu.count()},
                          {"memory_bytes", job.limits.memory_bytes},
                          {"output_bytes", job.limits.output_bytes},
                          {"processes", job.limits.processes},
                          {"file_bytes", job.file_bytes},
                          {"scratch_bytes", job.scratch_bytes},
                          {"fixed_addresses", job.fixed_addresses}});
}

Order decode_order(const Bytes& bytes) {
    const json from = json::from_cbor(bytes);
    Order order;
    order.sandbox = from.at("sandbox").get<bool>();
    Job& job = order.job;
    job.command = texts(from.at("command"));
    for (const auto& mount : from.at("mounts")) {
        job.mounts.push_back(
            {text(mount.at("from")), text(mount.at("to")), mount.at("writable").get<bool>()});
    }
    job.working_folder = text(from.at("working_folder"));
    job.environment = texts(from.at("environment"));
    job.limits.wall = std::chrono::milliseconds(from.at("wall_ms").get<long long>());
    job.limits.cpu = std::chrono::milliseconds(from.at("cpu_ms").get<long long>());
    from.at("memory_bytes").get_to(job.limits.memory_bytes);
    from.at("output_bytes").get_to(job.limits.output_bytes);
    from.at("processes").get_to(job.limits.processes);
    from.at("file_bytes").get_to(job.file_bytes);
    from.at("scratch_bytes").get_to(job.scratch_bytes);
    from.at("fixed_addresses").get_to(job.fixed_addresses);
    return order;
}

Bytes encode(const Outcome& outcome) {
    return json::to_cbor({{"end", static_cast<int>(outcome.end)},
                          {"status", outcome.status},
                          {"output", binary(outcome.output)},
                          {"output_bytes", outcome.output_bytes},
                          {"wall_ns", outcome.wall.count()},
                          {"cpu_ns", outcome.cpu.count()},
                          {"peak_memory_bytes", outcome.peak_memory_bytes},
                          {"left_behind", outcome.left_behind},
                          {"lost", outcome.lost}});
}

Outcome decode_outcome(const Bytes& bytes) {
    const json from = json::from_cbor(bytes);
    Outcome outcome;
    outcome.end = static_cast<End>(from.at("end").get<int>());
    from.at("status").get_to(outcome.status);
    outcome.output = text(from.at("output"));
    from.at("output_bytes").get_to(outcome.output_bytes);
    outcome.wall = std::chrono::nanoseconds(from.at("wall_ns").get<long long>());
    outcome.cpu = std::chrono::nanoseconds(from.at("cpu_ns").get<long long>());
    from.at("peak_memory_bytes").get_to(outcome.peak_memory_bytes);
    from.at("left_behind").get_to(outcome.left_behind);
    from.at("lost").get_to(outcome.lost);
    return outcome;
}

Bytes encode(const Report& report) {
    return json::to_cbor({{"kind", static_cast<int>(report.kind)},
                          {"failure", binary(report.failure)},
                          {"signalled", report.signalled},
                          {"status", report.status},
                          {"wall_ns", report.wall.count()},
                          {"cpu_ns", report.cpu.count()},
                          {"peak_memory_bytes", report.peak_memory_bytes},
                          {"left_behind", report.left_behind}});
}

Report decode_report(const Bytes& bytes) {
    const json from = json::from_cbor(bytes);
    Report report;
    report.kind = static_cast<Report::Kind>(from.at("kind").get<int>());
    report.failure = text(from.at("failure"));
    from.at("signalled").get_to(report.signalled);
    from.at("status").get_to(report.status);
    report.wall = std::chrono::nanoseconds(from.at("wall_ns").get<long long>());
    report.cpu = std::chrono::nanoseconds(from.at("cpu_ns").get<long long>());
    from.at("peak_memory_bytes").get_to(report.peak_memory_bytes);
    from.at("left_behind").get_to(report.left_behind);
    return report;
}

}  // namespace lockstep
