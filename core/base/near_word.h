#pragma once
// Finds the word that the author of a misspelt word may have meant.
#include <span>
#include <string_view>

namespace midge {

inline constexpr size_t near_word_edits_max = 2;

// Returns the number of edits that make `a` equal to `b`, ignoring case: letters added, removed,
// changed, or swapped with the next letter.
[[nodiscard]] size_t word_distance(std::string_view a, std::string_view b);

// Returns the candidate nearest to `word`, the first one if several are equally near. Returns an
// empty string if none is within near_word_edits_max edits, and within fewer edits than half of the
// letters of the candidate.
[[nodiscard]] std::string_view near_word(std::string_view word,
                                         std::span<const std::string_view> candidates);

}  // namespace midge
