#pragma once
// Terminals behind the standard streams (terminal_linux.cpp, terminal_windows.cpp), and text in
// colors for them.
#include <string>
#include <string_view>

namespace midge {

enum class StandardStream { in, out, err };

[[nodiscard]] bool is_terminal(StandardStream stream) noexcept;

// A terminal that understands colors; on Windows, it is told to.
[[nodiscard]] bool understands_colors(StandardStream stream) noexcept;

// Whether to write colors there: it understands them, NO_COLOR is not set or empty, and TERM is not
// "dumb". Reads the environment: before other threads may change it.
[[nodiscard]] bool wants_colors(StandardStream stream) noexcept;

// What stands out in the output of a program. Without colors, every text stays as it is; with them,
// what is printed takes as many columns. A value.
class Palette {
  public:
    Palette() = default;
    explicit Palette(bool colored) : colored_(colored) {}
    // For what goes to the stream.
    explicit Palette(StandardStream stream) : colored_(wants_colors(stream)) {}

    [[nodiscard]] bool colored() const noexcept { return colored_; }
    [[nodiscard]] std::string heading(std::string_view text) const { return in("1", text); }
    [[nodiscard]] std::string name(std::string_view text) const { return in("36", text); }
    [[nodiscard]] std::string frame(std::string_view text) const { return in("2", text); }
    [[nodiscard]] std::string warning(std::string_view text) const { return in("33", text); }
    [[nodiscard]] std::string error(std::string_view text) const { return in("31", text); }

  private:
    [[nodiscard]] std::string in(std::string_view color, std::string_view text) const;

    bool colored_ = false;
};

}  // namespace midge
