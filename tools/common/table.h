#pragma once
// Boxed text tables as nsc prints them.
#include <string>
#include <string_view>
#include <vector>

#include "base/terminal.h"

namespace midge::tools {

// Returns the number of columns of `text` in a terminal: one for each code point (wide and
// combining characters are not treated specially).
[[nodiscard]] size_t display_width(std::string_view text) noexcept;

// A table with a centred title, optional headers, and rows. A value that is filled and then
// rendered once. Control characters in cells are shown as '?', so that a name in a JWT cannot
// control the terminal.
class Table {
  public:
    explicit Table(std::string title);

    void set_headers(std::vector<std::string> headers);
    // Rows may differ in length; missing cells are empty.
    void add_row(std::vector<std::string> cells);
    // Adds `values` below each other, with the label beside the first; adds nothing if there are
    // none.
    void add_list(const std::string& label, const std::vector<std::string>& values);
    // Adds a line between the previous and the next row; ignored if one of them is missing.
    void add_separator();

    // The lines of the table, each ended by '\n'. Colors change no width.
    [[nodiscard]] std::string render(const Palette& palette = {}) const;
    // The same on standard output, in colors if that is a terminal which wants them.
    void print() const;

  private:
    using Cells = std::vector<std::string>;
    [[nodiscard]] std::vector<size_t> widths() const;

    std::string title_;
    Cells headers_;
    std::vector<Cells> rows_;  // an empty row is a separator
};

}  // namespace midge::tools
