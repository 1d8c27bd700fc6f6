#include <contain/kept_output.hpp>

#include <contain/containment.hpp>

#include <algorithm>

namespace lockstep {
namespace {

constexpr std::size_t each_end = kept_output_bytes / 2;

}  // namespace

void KeptOutput::add(std::string_view text) {
    total_ += text.size();
    const std::size_t fits = std::min(text.size(), each_end - head_.size());
    head_ += text.substr(0, fits);
    tail_ += text.substr(fits);
    // Not at every call: each cut moves what stays.
    if (tail_.size() > 2 * each_end) tail_.erase(0, tail_.size() - each_end);
}

std::string KeptOutput::text() const {
    if (total_ <= 2 * each_end) return head_ + tail_;
    const std::string_view end =
        std::string_view(tail_).substr(tail_.size() - std::min(tail_.size(), each_end));
    return head_ + "\n[" + std::to_string(total_ - head_.size() - end.size()) +
           " bytes left out]\n" + std::string(end);
}

}  // namespace lockstep
