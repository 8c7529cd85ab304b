#include "auth/server_version.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace midge {
namespace {

using VersionNumbers = std::array<int, 3>;  // major, minor, update

Result<VersionNumbers> parse_version(std::string_view text) {
    VersionNumbers numbers{};
    for (size_t i = 0; i < numbers.size(); ++i) {
        const size_t dot = text.find('.');
        const bool last = i + 1 == numbers.size();
        if ((dot == std::string_view::npos) != last) {
            return fail(Errc::invalid,
                        "asserted server version must be of the form <major>.<minor>.<update>");
        }
        const std::string_view part = text.substr(0, dot);
        const auto [end, error] =
            std::from_chars(part.data(), part.data() + part.size(), numbers[i]);
        if (error != std::errc() || end != part.data() + part.size()) {
            return fail(Errc::invalid,
                        fmt::format("asserted server version cant parse {} to int", part));
        }
        if (!last) text.remove_prefix(dot + 1);
    }
    return numbers;
}

}  // namespace

Result<> check_server_version(std::string_view asserted, std::string_view server) {
    if (asserted.empty()) return {};
    const auto wanted = parse_version(asserted);
    if (!wanted) {
        return fail(Errc::invalid, fmt::format("expects version {} got error instead: {}", asserted,
                                               wanted.error().text));
    }
    const auto is = parse_version(server);
    if (!is) return fail(is.error().code, is.error().text);
    constexpr std::array<const char*, 3> names{"major", "minor", "update"};
    for (size_t i = 0; i < names.size(); ++i) {
        if ((*wanted)[i] < (*is)[i]) return {};
        if ((*wanted)[i] > (*is)[i]) {
            return fail(Errc::invalid, fmt::format("expected {} version {} > server {} version {}",
                                                   names[i], (*wanted)[i], names[i], (*is)[i]));
        }
    }
    return {};
}

}  // namespace midge
