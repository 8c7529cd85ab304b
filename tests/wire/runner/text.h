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
        placeholder,  // text: the part between the braces
        cut,          // \| : the bytes before and after it are separate writes
    };
    Kind kind;
    std::string text;
};

enum class Escapes { interpreted, untouched };

// Splits `text` into pieces. Fails if an escape is unknown or a placeholder has no end.
[[nodiscard]] Result<std::vector<Piece>> parse_text(std::string_view text, Escapes escapes);

// Returns the value of a placeholder that is not a repetition.
using Lookup = std::function<Result<std::string>(std::string_view expression)>;

// Returns the text `count` times for `${<count>*<text>}`; other expressions are passed to `lookup`.
[[nodiscard]] Result<std::string> placeholder_value(std::string_view expression,
                                                    const Lookup& lookup);

// Returns the bytes of `text`, in the pieces in which they are written.
[[nodiscard]] Result<std::vector<std::string>> expand_writes(std::string_view text,
                                                             const Lookup& lookup);

// Returns the bytes of `text` with placeholders replaced.
[[nodiscard]] Result<std::string> expand(std::string_view text, Escapes escapes,
                                         const Lookup& lookup);

// Returns the parts of a line that are separated by three or more blanks.
[[nodiscard]] std::vector<std::string> split_wide(std::string_view line);

// Returns the words that are separated by blanks.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view text);

}  // namespace midge::wire
