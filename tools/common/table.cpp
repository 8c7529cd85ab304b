#include "common/table.h"

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
    out += right;
    return out += '\n';
}

std::string line(const std::vector<size_t>& widths, const std::vector<std::string>& cells) {
    std::string out;
    for (size_t i = 0; i < widths.size(); ++i) {
        const std::string cell = i < cells.size() ? cells[i] : std::string();
        out += "│ " + cell + std::string(widths[i] - display_width(cell) + 1, ' ');
    }
    return out += "│\n";
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

std::string Table::render() const {
    const auto columns = widths();
    const size_t inner = std::accumulate(columns.begin(), columns.end(), 3 * columns.size() - 1);
    const size_t blank = inner - display_width(title_);
    std::string out = rule(columns, "╭", "─", "╮");
    out += "│" + std::string(blank / 2, ' ') + title_ + std::string(blank - blank / 2, ' ') + "│\n";
    out += rule(columns, "├", "┬", "┤");
    if (!headers_.empty()) {
        out += line(columns, headers_);
        out += rule(columns, "├", "┼", "┤");
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
        if (!rows_[i].empty()) {
            out += line(columns, rows_[i]);
        } else if (i + 1 < rows_.size()) {
            out += rule(columns, "├", "┼", "┤");
        }
    }
    return out += rule(columns, "╰", "┴", "╯");
}

}  // namespace midge::tools
