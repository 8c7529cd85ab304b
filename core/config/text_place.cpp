#include "config/text_place.h"

#include <fmt/format.h>

#include <algorithm>

namespace midge {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view mark = " -- ";

}  // namespace

std::string TextPlace::text() const {
    return fmt::format("line {}, column {}", line, column);
}

TextPlaces::TextPlaces(std::string_view text)
    : text_(text), start_(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0) {
    TextPlace place{1, 1};
    for (size_t offset = start_; offset < text_.size(); ++offset) {
        if ((offset - start_) % known_distance == 0) known_.push_back(place);
        pass(offset, place);
    }
    if ((text_.size() - start_) % known_distance == 0) known_.push_back(place);
}

void TextPlaces::pass(size_t offset, TextPlace& place) const {
    const auto is_continuation = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    };
    if (text_[offset] == '\n') {
        place = {place.line + 1, 1};
    } else if (offset + 1 >= text_.size() || !is_continuation(text_[offset + 1])) {
        ++place.column;
    }
}

TextPlace TextPlaces::at(size_t offset) const {
    offset = std::clamp(offset, start_, text_.size());
    const size_t number = (offset - start_) / known_distance;
    TextPlace place = known_[number];
    for (size_t i = start_ + number * known_distance; i < offset; ++i) pass(i, place);
    return place;
}

std::string with_explanation(std::string_view text, std::string_view place,
                             std::string_view explanation) {
    return fmt::format("{}{}{}{}{}", text, mark, place,
                       place.empty() || explanation.empty() ? "" : ": ", explanation);
}

bool has_explanation(std::string_view text) {
    return text.find(mark) != std::string_view::npos;
}

}  // namespace midge
