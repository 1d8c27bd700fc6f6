// A grader that starts one contained program, and waits to be killed.
// doomed_grader <supervisor> <program> <argument>…
#include <contain/containment.hpp>

#include <iostream>

int main(int argc, char** argv) {
    lockstep::Job job;
    job.command.assign(argv + 2, argv + argc);
    job.mounts = {{argv[2], argv[2]}};
    const lockstep::Containment containment(argv[1]);
    std::cout << static_cast<int>(containment.run(job).end) << '\n';
}
