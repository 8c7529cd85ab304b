#include "base/near_word.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace midge {
namespace {

constexpr size_t word_size_max = 64;  // longer than any key or named value

}  // namespace

size_t word_distance(std::string_view a, std::string_view b) {
    const std::string from = to_lower_ascii(a), to = to_lower_ascii(b);
    // Three rows of the usual edit distance table: the one before the last, the last, and the next.
    std::vector<size_t> older(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
    for (size_t j = 0; j <= to.size(); ++j) last[j] = j;
    for (size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (size_t j = 1; j <= to.size(); ++j) {
            const size_t changed = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], older[j - 2] + 1);
        }
        older.swap(last);
        last.swap(row);
    }
    return last[to.size()];
}

std::string_view near_word(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    size_t best_distance = near_word_edits_max + 1;
    if (word.size() > word_size_max) return best;
    for (const std::string_view candidate : candidates) {
        const size_t distance = word_distance(word, candidate);
        if (distance >= best_distance || distance * 2 >= candidate.size()) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

}  // namespace midge
