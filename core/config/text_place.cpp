#include "config/text_place.h"

#include <fmt/format.h>

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
    offset_ = start_;
}

TextPlace TextPlaces::at(size_t offset) {
    if (offset > text_.size()) offset = text_.size();
    if (offset < offset_) {
        offset_ = start_;
        place_ = {1, 1};
    }
    for (; offset_ < offset; ++offset_) {
        const auto c = static_cast<unsigned char>(text_[offset_]);
        if (c == '\n') {
            place_ = {place_.line + 1, 1};
        } else if (offset_ + 1 >= text_.size() ||
                   (static_cast<unsigned char>(text_[offset_ + 1]) & 0xC0) != 0x80) {
            ++place_.column;
        }
    }
    return place_;
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
