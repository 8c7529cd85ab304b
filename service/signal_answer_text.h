#pragma once
// What those who ask by `--signal reload` and `--signal diff` are told: the form of an answer
// between two processes, and the words for the user. The same on all systems.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Of an answer between processes; the rest of a longer one is cut off.
inline constexpr size_t answer_bytes_max = 65536;

// Returns the form of an outcome between processes. decode_answer() is its reverse: it returns the
// text, or fails with the error, of the outcome.
[[nodiscard]] std::string encode_answer(const Result<std::string>& outcome);
[[nodiscard]] Result<std::string> decode_answer(std::string answer);

// Returns the line about a process that has answered with `text`.
[[nodiscard]] std::string answer_line(int64_t process, std::string_view text);
// Returns the line about a process that could not be asked, or answered with an error.
[[nodiscard]] std::string signal_failure_line(std::string_view command, int64_t process,
                                              std::string_view why);

// The errors when there is no answer.
[[nodiscard]] tl::unexpected<Error> no_answer_after(std::chrono::milliseconds patience);
[[nodiscard]] tl::unexpected<Error> ended_before_answer();
[[nodiscard]] tl::unexpected<Error> knows_no_diff();

}  // namespace midge
