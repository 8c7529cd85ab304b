#include <utility>

#include "background.h"

namespace midge {

Result<Background> Background::enter() {
    return fail(Errc::unsupported,
                "--daemon is not for Windows; a service runs in the background: --service install");
}

Background::~Background() = default;

Background::Background(Background&& other) noexcept
    : to_parent_(std::exchange(other.to_parent_, -1)) {}

Background& Background::operator=(Background&& other) noexcept {
    std::swap(to_parent_, other.to_parent_);
    return *this;
}

void Background::ready() noexcept {}

}  // namespace midge
