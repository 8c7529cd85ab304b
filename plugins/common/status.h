#pragma once
// Converts results to status codes of the ABI.
#include <string>
#include <string_view>

#include "abi/resolver_plugin.hpp"
#include "base/result.h"

namespace midge {

[[nodiscard]] constexpr int plugin_status(Errc code) noexcept {
    switch (code) {
        case Errc::invalid:
            return MIDGE_INVALID;
        case Errc::not_found:
            return MIDGE_NOT_FOUND;
        case Errc::denied:
            return MIDGE_DENIED;
        case Errc::timeout:
        case Errc::unavailable:
            return MIDGE_UNAVAILABLE;
        case Errc::unsupported:
            return MIDGE_UNSUPPORTED;
        case Errc::failed:
            break;
    }
    return MIDGE_FAILED;
}

inline void answer(plugin::Reply& reply, const Result<std::string>& result) noexcept {
    if (result) return reply.ok(*result);
    reply.fail(plugin_status(result.error().code), result.error().text);
}

inline void answer(plugin::Reply& reply, const Result<>& result) noexcept {
    if (result) return reply.ok();
    reply.fail(plugin_status(result.error().code), result.error().text);
}

}  // namespace midge
