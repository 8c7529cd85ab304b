#include "common/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace midge::tools {
namespace {

std::string printable(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    return text;
}

std::string repeat(std::string_view unit, size_t count) {
    std::string out;
    out.reserve(unit.size() * count);
    for (size_t i = 0; i < count; ++i) out += unit;
    return out;
}

// Returns a horizontal line: each column has its width plus a blank on both sides.
std::string rule(const std::vector<size_t>& widths, std::string_view left, std::string_view cross,
                 std::string_view right) {
    std::string out(left);
    for (size_t i = 0; i < widths.size(); ++i) {
        if (i > 0) out += cross;
        out += repeat("─", widths[i] + 2);
    }
    return out += right;
}

// How the cells of a row look; the first one names what the others are about.
using Paint = std::string (Palette::*)(std::string_view) const;
struct RowPaint {
    Paint first, others;
};

std::string line(const std::vector<size_t>& widths, const std::vector<std::string>& cells,
                 const Palette& palette, const RowPaint& paint) {
    std::string out;
    for (size_t i = 0; i < widths.size(); ++i) {
        const std::string cell = i < cells.size() ? cells[i] : std::string();
        const Paint painted = i == 0 ? paint.first : paint.others;
        out += palette.frame("│") + " ";
        out += cell.empty() || painted == nullptr ? cell : (palette.*painted)(cell);
        out += std::string(widths[i] - display_width(cell) + 1, ' ');
    }
    return out + palette.frame("│") + "\n";
}

}  // namespace

size_t display_width(std::string_view text) noexcept {
    // Every byte that is not a continuation byte of UTF-8 starts a character.
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

Table::Table(std::string title) : title_(printable(std::move(title))) {}

void Table::set_headers(std::vector<std::string> headers) {
    headers_ = std::move(headers);
}

void Table::add_row(std::vector<std::string> cells) {
    for (auto& cell : cells) cell = printable(std::move(cell));
    if (cells.empty()) cells.emplace_back();
    rows_.push_back(std::move(cells));
}

void Table::add_list(const std::string& label, const std::vector<std::string>& values) {
    for (size_t i = 0; i < values.size(); ++i) add_row({i == 0 ? label : std::string(), values[i]});
}

void Table::add_separator() {
    if (!rows_.empty() && !rows_.back().empty()) rows_.emplace_back();
}

std::vector<size_t> Table::widths() const {
    std::vector<size_t> out;
    const auto widen = [&out](const Cells& cells) {
        if (cells.size() > out.size()) out.resize(cells.size(), 0);
        for (size_t i = 0; i < cells.size(); ++i)
            out[i] = std::max(out[i], display_width(cells[i]));
    };
    widen(headers_);
    for (const auto& row : rows_) widen(row);
    if (out.empty()) out.push_back(0);
    const size_t inner = std::accumulate(out.begin(), out.end(), 3 * (out.size() - 1));
    if (display_width(title_) > inner) out.back() += display_width(title_) - inner;
    return out;
}

std::string Table::render(const Palette& palette) const {
    const auto columns = widths();
    const size_t inner = std::accumulate(columns.begin(), columns.end(), 3 * columns.size() - 1);
    const size_t blank = inner - display_width(title_);
    const auto framed = [&](const std::string& frame) { return palette.frame(frame) + "\n"; };
    std::string out = framed(rule(columns, "╭", "─", "╮"));
    out += palette.frame("│") + std::string(blank / 2, ' ') + palette.heading(title_) +
           std::string(blank - blank / 2, ' ') + palette.frame("│") + "\n";
    out += framed(rule(columns, "├", "┬", "┤"));
    if (!headers_.empty()) {
        out += line(columns, headers_, palette, {&Palette::heading, &Palette::heading});
        out += framed(rule(columns, "├", "┼", "┤"));
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
        if (!rows_[i].empty()) {
            out += line(columns, rows_[i], palette, {&Palette::name, nullptr});
        } else if (i + 1 < rows_.size()) {
            out += framed(rule(columns, "├", "┼", "┤"));
        }
    }
    return out + framed(rule(columns, "╰", "┴", "╯"));
}

void Table::print() const {
    fmt::print("{}", render(Palette(StandardStream::out)));
}

}  // namespace midge::tools
