#include "auth/shown.h"

#include "base/wire_error.h"

namespace midge {

std::string shown(std::string_view text) {
    constexpr size_t shown_max = 80;
    return go_quote(text.substr(0, shown_max));
}

}  // namespace midge
