#pragma once
// What can go wrong in normal use is a value: Result<T> and Error.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace midge {

enum class Errc {
    failed,       // anything without a class of its own
    invalid,      // input is malformed or out of range
    not_found,    // the thing asked for does not exist
    denied,       // the peer may not do that
    timeout,      // a deadline passed
    unavailable,  // a service or file cannot be reached now; trying again may help
    unsupported,  // valid, but not built here
};

// An error for people: `text` says where, what, and what was expected. Never holds a secret.
struct Error {
    Errc code = Errc::failed;
    std::string text;
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string text) {
    return tl::unexpected<Error>(Error{code, std::move(text)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(std::string text) {
    return fail(Errc::failed, std::move(text));
}
// Passes the error of one result on as another type's.
template <class T>
[[nodiscard]] tl::unexpected<Error> pass(tl::expected<T, Error>& result) {
    return tl::unexpected<Error>(std::move(result.error()));
}

}  // namespace midge
