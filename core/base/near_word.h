#pragma once
// What somebody who misspelt a word may have meant.
#include <span>
#include <string_view>

namespace midge {

inline constexpr size_t near_word_edits_max = 2;

// How many letters are to be added, dropped, changed or swapped with the next one to make `b` of
// `a`, without regard to case.
[[nodiscard]] size_t word_distance(std::string_view a, std::string_view b);

// The candidate that is nearest to `word`, the first of several; empty if none is near: within
// near_word_edits_max edits, and within fewer than half of its letters.
[[nodiscard]] std::string_view near_word(std::string_view word,
                                         std::span<const std::string_view> candidates);

}  // namespace midge
