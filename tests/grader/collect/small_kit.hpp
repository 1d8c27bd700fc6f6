// A kit of two exercises: 01-one (a.cpp), and 02-two (b.hpp, c.cpp).
#pragma once

#include <collect/submission.hpp>

#include <exercise/scratch.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

namespace lockstep::testing {

inline Kit small_kit(const Scratch& scratch) {
    for (const auto& [id, number, files] : {std::tuple{"01-one", 1, R"(["a.cpp"])"},
                                            std::tuple{"02-two", 2, R"(["b.hpp", "c.cpp"])"}}) {
        scratch.write(fmt::format("kit/exercises/{}/exercise.toml", id),
                      fmt::format(R"(
id = "{}"
number = {}
title = {{ en = "t", fr = "t" }}
summary = {{ en = "s", fr = "s" }}
files = {}
cores = 1
[[check]]
id = "works"
points = 1
task = 1
title = {{ en = "t", fr = "t" }}
shows = {{ en = "s", fr = "s" }}
hints = [{{ en = "1", fr = "1" }}, {{ en = "2", fr = "2" }}, {{ en = "3", fr = "3" }}]
)",
                                  id, number, files));
    }
    return Kit{scratch / "kit", scratch / "build"};
}

/// "01-one: a.cpp=BYTES | 02-two: b.hpp=BYTES !SENTENCE"
inline std::string brief(const std::vector<Submission>& submissions) {
    std::string text;
    for (const Submission& submission : submissions) {
        text += (text.empty() ? "" : " | ") + submission.exercise->id + ":";
        for (const SubmittedFile& file : submission.files) {
            text += " " + file.name + "=" + file.bytes;
        }
        for (const std::string& problem : submission.problems) text += " !" + problem;
    }
    return text;
}

}  // namespace lockstep::testing
