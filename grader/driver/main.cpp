// The driver: the trusted program that holds the hidden checks.
//
//     driver JOB FINDINGS
//
// JOB is a file as job.hpp says; FINDINGS is written when all checks have run. On standard output a
// line "check ID" as each begins. Exit codes: 0, the findings are written, whatever they say;
// 2, a call that makes no sense; 3, the driver failed, and standard error says why.
#include <base/error.hpp>
#include <base/read_file.hpp>
#include <contain/containment.hpp>
#include <driver/job.hpp>
#include <driver/session.hpp>
#include <judge/examination.hpp>
#include <judge/stage.hpp>
#include <score/finding_json.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace {

std::string read_job(const char* path) {
    std::optional<std::string> job = lockstep::read_bytes(path);
    if (!job) throw lockstep::GraderError{std::string{"The driver can't read "} + path + "."};
    return *std::move(job);
}

void write_file(const char* path, const std::string& text) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file << text;
    file.close();
    if (!file)
        throw lockstep::GraderError{std::string{"The driver can't write "} + path +
                                    ": see whether the disk is full."};
}

}  // namespace

int main(int count, char** arguments) {
    using namespace lockstep;
    if (count != 3) {
        std::fputs("usage: driver JOB FINDINGS (the grader calls it)\n", stderr);
        return 2;
    }
    try {
        const DriverJob job = driver_job_from_json(read_job(arguments[1]));
        const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
        const Containment containment{self.parent_path() / "supervisor"};
        ContainedStage stage{containment, {{job.flavour, job.worker}}, job.limits, job.program};
        std::optional<ContainedStage> reference;
        if (!job.reference.empty())
            reference.emplace(containment, std::map{std::pair{job.flavour, job.reference}},
                              job.limits, job.reference_program);
        Examination examination{stage, job.seed, reference ? &*reference : nullptr};
        set_examination(&examination);
        const auto findings = run_checks(job.exercise, job.flavour, [](const std::string& check) {
            std::printf("check %s\n", check.c_str());
            std::fflush(stdout);
        });
        set_examination(nullptr);
        write_file(arguments[2], write_findings(findings));
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s\n", failure.what());
        return 3;
    }
}
