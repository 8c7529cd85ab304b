#include "subject/common_subject.h"

#include "subject/subject.h"

namespace midge {
namespace {

bool is_rest(const Token& token) {
    return token.text == ">" && !token.more;
}

}  // namespace

std::optional<std::string> common_subject(std::string_view a, std::string_view b) {
    std::string common;
    while (true) {
        const std::string_view a_left = a, b_left = b;
        const Token x = take_token(a);
        const Token y = take_token(b);
        if (is_rest(x)) return common.append(b_left);
        if (is_rest(y)) return common.append(a_left);
        if (x.text != y.text && x.text != "*" && y.text != "*") return std::nullopt;
        if (x.more != y.more) return std::nullopt;
        common.append(x.text == "*" ? y.text : x.text);
        if (!x.more) return common;
        common.push_back(token_separator);
    }
}

}  // namespace midge
