#include <class/regrading.hpp>

#include <base/error.hpp>
#include <verify/parallel.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lockstep {

Regrading regrade(ClassGrading& grading, const Kit& kit, const Gradebook& gradebook,
                  const std::vector<std::string>& students, const ClassOptions& options) {
    const std::map<std::string, Row> latest = gradebook.latest();
    std::vector<Change> changes;
    for (const std::string& student : students) {
        if (!latest.contains(student)) {
            throw UsageError{
                fmt::format("The gradebook knows no '{}': name students as it does.", student)};
        }
    }
    for (const auto& [student, row] : latest)
        if (students.empty() || std::ranges::find(students, student) != students.end())
            changes.push_back({row, {}});

    const std::string grader = identity_of_grader(kit);
    in_parallel(changes.size(), options.jobs, [&](std::size_t number) {
        if (grading.stopped()) return;
        Change& change = changes[number];
        change.after = grading.grade_one({change.before.student, change.before.path}, options).row;
        change.after.grader = grader;
    });
    if (grading.stopped()) throw GraderError{"The regrading was stopped; nothing was changed."};

    Regrading done;
    for (Change& change : changes) {
        if (!change.after.judged()) {
            done.failed.push_back(std::move(change));
            continue;
        }
        done.rows.push_back(change.after);
        if (change.before.judged() && change.after.points < change.before.points)
            done.lowered.push_back(std::move(change));
        else if (!change.before.judged() || change.after.points > change.before.points)
            done.raised.push_back(std::move(change));
        else
            ++done.same;
    }
    return done;
}

}  // namespace lockstep
