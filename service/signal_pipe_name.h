#pragma once
// What both sides of a signal pipe (signal_pipe.h) have to know; for *_windows.cpp files only.
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace midge {

inline constexpr size_t signal_question_bytes_max = 64;

[[nodiscard]] inline std::string signal_pipe_name(uint32_t process) {
    return fmt::format(R"(\\.\pipe\midged-{})", process);
}

}  // namespace midge
