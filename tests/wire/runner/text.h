#pragma once
// The text of scripts: escapes (\r \n \t \\ \xHH \|) and placeholders (${...}).
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::wire {

struct Piece {
    enum class Kind {
        literal,
        placeholder,  // text: what is between the braces
        cut,          // \| : the bytes before and after it are written apart
    };
    Kind kind;
    std::string text;
};

enum class Escapes { interpreted, untouched };

// Cuts `text` into pieces. Fails on an unknown escape or a placeholder without end.
[[nodiscard]] Result<std::vector<Piece>> parse_text(std::string_view text, Escapes escapes);

// Gives the value of a placeholder other than a repetition.
using Lookup = std::function<Result<std::string>(std::string_view expression)>;

// `${<count>*<text>}`: the text so many times; other expressions as `lookup` says.
[[nodiscard]] Result<std::string> placeholder_value(std::string_view expression,
                                                    const Lookup& lookup);

// The bytes of `text`, as the pieces in which they are written.
[[nodiscard]] Result<std::vector<std::string>> expand_writes(std::string_view text,
                                                             const Lookup& lookup);

// The bytes of `text` with placeholders replaced; escapes as said.
[[nodiscard]] Result<std::string> expand(std::string_view text, Escapes escapes,
                                         const Lookup& lookup);

// Parts of a line that are separated by three or more blanks.
[[nodiscard]] std::vector<std::string> split_wide(std::string_view line);

// Words separated by blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

}  // namespace midge::wire
