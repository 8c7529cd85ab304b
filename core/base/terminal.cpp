#include "base/terminal.h"

#include <fmt/format.h>

#include <cstdlib>

namespace midge {
namespace {

std::string_view environment_value(const char* name) noexcept {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

bool wants_colors(StandardStream stream) noexcept {
    return environment_value("NO_COLOR").empty() && environment_value("TERM") != "dumb" &&
           understands_colors(stream);
}

std::string Palette::in(std::string_view color, std::string_view text) const {
    return colored_ ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

}  // namespace midge
