#include "signal_answer_text.h"

#include <fmt/format.h>

#include <utility>

namespace midge {
namespace {

constexpr std::string_view answer_good = "+";
constexpr std::string_view answer_bad = "-";

}  // namespace

std::string encode_answer(const Result<std::string>& outcome) {
    std::string answer(outcome ? answer_good : answer_bad);
    answer += outcome ? *outcome : outcome.error().text;
    if (answer.size() > answer_bytes_max) answer.resize(answer_bytes_max);
    return answer;
}

Result<std::string> decode_answer(std::string answer) {
    const bool good = answer.starts_with(answer_good);
    if (!good && !answer.starts_with(answer_bad))
        return fail(Errc::failed, "it gave an answer that is none of midged");
    answer.erase(0, 1);
    if (good) return answer;
    return fail(Errc::failed, std::move(answer));
}

std::string answer_line(int64_t process, std::string_view text) {
    return fmt::format("process {} {}", process, text);
}

std::string signal_failure_line(std::string_view command, int64_t process, std::string_view why) {
    return fmt::format("\nsignal \"{}\" {}: {}", command, process, why);
}

tl::unexpected<Error> no_answer_after(std::chrono::milliseconds patience) {
    return fail(Errc::timeout,
                fmt::format("no answer after {} seconds; its log says what became of it",
                            std::chrono::duration_cast<std::chrono::seconds>(patience).count()));
}

tl::unexpected<Error> ended_before_answer() {
    return fail(Errc::unavailable, "it has ended meanwhile");
}

tl::unexpected<Error> knows_no_diff() {
    return fail(Errc::unsupported, "only a running midged can say what a reload would change");
}

}  // namespace midge
