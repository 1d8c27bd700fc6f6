#include <driver/job.hpp>

#include <base/error.hpp>

#include <nlohmann/json.hpp>

namespace lockstep {

std::string to_json(const DriverJob& job) {
    return nlohmann::json{{"exercise", job.exercise},
                          {"flavour", name_of(job.flavour)},
                          {"seed", job.seed},
                          {"worker", job.worker.string()},
                          {"program", job.program.string()},
                          {"reference", job.reference.string()},
                          {"reference_program", job.reference_program.string()},
                          {"limits",
                           {{"wall_ms", job.limits.wall.count()},
                            {"cpu_ms", job.limits.cpu.count()},
                            {"memory_bytes", job.limits.memory_bytes},
                            {"output_bytes", job.limits.output_bytes},
                            {"processes", job.limits.processes}}}}
        .dump();
}

DriverJob driver_job_from_json(std::string_view text) {
    try {
        const auto object = nlohmann::json::parse(text);
        const auto& limits = object.at("limits");
        DriverJob job;
        job.exercise = object.at("exercise").get<std::string>();
        job.flavour = object.at("flavour").get<std::string>() == name_of(Flavour::tsan)
                          ? Flavour::tsan
                          : Flavour::plain;
        job.seed = object.at("seed").get<std::uint64_t>();
        job.worker = object.at("worker").get<std::string>();
        job.program = object.at("program").get<std::string>();
        job.reference = object.at("reference").get<std::string>();
        job.reference_program = object.at("reference_program").get<std::string>();
        job.limits.wall = std::chrono::milliseconds{limits.at("wall_ms").get<std::int64_t>()};
        job.limits.cpu = std::chrono::milliseconds{limits.at("cpu_ms").get<std::int64_t>()};
        job.limits.memory_bytes = limits.at("memory_bytes").get<std::size_t>();
        job.limits.output_bytes = limits.at("output_bytes").get<std::size_t>();
        job.limits.processes = limits.at("processes").get<unsigned>();
        return job;
    } catch (const nlohmann::json::exception& failure) {
        throw GraderError{std::string{"The driver was given a job that it can't read ("} +
                          failure.what() + "): build the grader and the driver together."};
    }
}

}  // namespace lockstep
