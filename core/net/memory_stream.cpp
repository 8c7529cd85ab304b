#include "net/memory_stream.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <string>

namespace midge {

// Both directions share one lock. Under it only Reactor::post() is called, which makes no
// callbacks.
struct MemoryStream::Link {
    struct End {
        std::string inbox;  // written by the peer, from `taken` on not yet read
        size_t taken = 0;
        size_t write_limit = no_limit;
        bool closed = false;
        bool starved = false;     // the last write did not take all bytes
        bool told_read = false;   // on_readable is on its way
        bool told_write = false;  // on_writable is on its way
        Reactor* reactor = nullptr;
        uint64_t watch_id = 0;

        [[nodiscard]] size_t unread() const noexcept { return inbox.size() - taken; }
    };

    explicit Link(size_t bytes) : capacity(bytes) {}

    [[nodiscard]] End& peer_of(const End& end) noexcept {
        return ends[&end == ends.data() ? 1 : 0];
    }
    [[nodiscard]] size_t room(const End& writer) noexcept {
        return std::min(writer.write_limit, capacity - peer_of(writer).unread());
    }
    [[nodiscard]] bool readable(const End& end) noexcept {
        return end.unread() > 0 || end.closed || peer_of(end).closed;
    }
    [[nodiscard]] bool writable(const End& end) noexcept {
        return room(end) > 0 || end.closed || peer_of(end).closed;
    }
    // Notifies the end's reactor of new readiness.
    void tell(End& end) {
        if (readable(end)) changed.notify_all();
        if (end.reactor == nullptr) return;
        Interest news = Interest::none;
        if (readable(end) && !std::exchange(end.told_read, true)) news = news | Interest::read;
        if (end.starved && writable(end) && !std::exchange(end.told_write, true)) {
            news = news | Interest::write;
        }
        if (news == Interest::none) return;
        end.reactor->post(
            [reactor = end.reactor, id = end.watch_id, news] { reactor->notify(id, news); });
    }

    const size_t capacity;
    std::mutex mutex;
    std::condition_variable changed;
    std::array<End, 2> ends;
};

MemoryStream::Pair MemoryStream::make_pair(size_t capacity) {
    auto link = std::make_shared<Link>(capacity);
    return {std::unique_ptr<MemoryStream>(new MemoryStream(link, 0)),
            std::unique_ptr<MemoryStream>(new MemoryStream(link, 1))};
}

MemoryStream::MemoryStream(std::shared_ptr<Link> link, int side)
    : link_(std::move(link)), side_(side) {}

MemoryStream::~MemoryStream() {
    close();
}

IoResult MemoryStream::read(char* data, size_t size) {
    assert(size > 0);
    const std::lock_guard lock(link_->mutex);
    Link::End& end = link_->ends[static_cast<size_t>(side_)];
    if (end.closed) return {.kind = IoResult::Kind::closed};
    end.told_read = false;
    const size_t count = std::min(size, end.unread());
    if (count == 0) {
        const bool ended = link_->peer_of(end).closed;
        return {.kind = ended ? IoResult::Kind::closed : IoResult::Kind::would_block};
    }
    std::copy_n(end.inbox.data() + end.taken, count, data);
    end.taken += count;
    if (end.taken >= end.inbox.size() / 2) {
        end.inbox.erase(0, end.taken);
        end.taken = 0;
    }
    link_->tell(end);  // readiness is level-triggered: remaining bytes are reported again
    link_->tell(link_->peer_of(end));
    return {.bytes = count};
}

IoResult MemoryStream::write(const IoSlice* slices, size_t count) {
    const std::lock_guard lock(link_->mutex);
    Link::End& end = link_->ends[static_cast<size_t>(side_)];
    Link::End& peer = link_->peer_of(end);
    if (end.closed || peer.closed) return {.kind = IoResult::Kind::closed};
    const size_t room = link_->room(end);
    size_t asked = 0;
    size_t written = 0;
    for (size_t i = 0; i < std::min(count, io_slices_max); ++i) {
        const size_t part = std::min(slices[i].size, room - written);
        peer.inbox.append(slices[i].data, part);
        asked += slices[i].size;
        written += part;
    }
    end.told_write = false;
    end.starved = written < asked;
    link_->tell(end);
    if (written > 0) link_->tell(peer);
    if (written == 0 && asked > 0) return {.kind = IoResult::Kind::would_block};
    return {.bytes = written};
}

void MemoryStream::close() noexcept {
    const std::lock_guard lock(link_->mutex);
    Link::End& end = link_->ends[static_cast<size_t>(side_)];
    if (std::exchange(end.closed, true)) return;
    end.reactor = nullptr;
    end.inbox.clear();
    end.taken = 0;
    link_->changed.notify_all();
    link_->tell(link_->peer_of(end));
}

Result<Watch> MemoryStream::watch(Reactor& reactor, IoHandler& handler, Interest interest) {
    auto watch = reactor.watch(no_socket, handler, interest);
    if (!watch) return watch;
    const std::lock_guard lock(link_->mutex);
    Link::End& end = link_->ends[static_cast<size_t>(side_)];
    assert(!end.closed);
    end.reactor = &reactor;
    end.watch_id = watch->id();
    end.told_read = false;
    end.told_write = false;
    link_->tell(end);
    return watch;
}

void MemoryStream::write_at_most(size_t bytes) {
    const std::lock_guard lock(link_->mutex);
    Link::End& end = link_->ends[static_cast<size_t>(side_)];
    end.write_limit = bytes;
    link_->tell(end);
}

bool MemoryStream::wait_readable(std::chrono::milliseconds timeout) {
    std::unique_lock lock(link_->mutex);
    const Link::End& end = link_->ends[static_cast<size_t>(side_)];
    return link_->changed.wait_for(lock, timeout, [&] { return link_->readable(end); });
}

}  // namespace midge
