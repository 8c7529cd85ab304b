#pragma once
// Pages of a list of accounts. The cursor is the last account of the previous page.
#include <algorithm>
#include <string>
#include <vector>

#include "abi/resolver_plugin.hpp"

namespace midge {

// Answers with the page after the request's cursor. Requires: `sorted` has accounts in ascending
// order: all of them, or at least one more than the page can have.
inline void answer_page(plugin::Reply& reply, const plugin::ListRequest& request,
                        const std::vector<std::string>& sorted) {
    auto next = std::upper_bound(sorted.begin(), sorted.end(), request.cursor);
    std::string lines;
    std::string last;
    for (uint32_t count = 0; count < request.limit && next != sorted.end(); ++count, ++next) {
        lines.append(*next).push_back('\n');
        last = *next;
    }
    reply.page(lines, next == sorted.end() ? std::string() : last);
}

}  // namespace midge
