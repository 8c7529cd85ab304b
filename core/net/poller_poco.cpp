// A poller with Poco::Net::PollSet (any system). Needs POCO 1.11 on Linux and 1.14 on Windows.
#include <Poco/Exception.h>
#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/Net.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "net/poller.h"

namespace midge {
namespace {

using Poco::Net::PollSet;

constexpr auto wait_max = std::chrono::hours(1);

// Presents a socket of ours to POCO. Carries our id, and does not close the socket when destroyed.
class BorrowedSocket final : public Poco::Net::StreamSocketImpl {
  public:
    BorrowedSocket(SocketHandle socket, uint64_t id)
        : StreamSocketImpl(static_cast<poco_socket_t>(socket)), id_(id) {}
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    void set_id(uint64_t id) noexcept { id_ = id; }

  protected:
    ~BorrowedSocket() override { reset(); }

  private:
    uint64_t id_;
};

int mode_of(Interest interest) {
    int mode = PollSet::POLL_ERROR;
    if ((interest & Interest::read) != Interest::none) mode |= PollSet::POLL_READ;
    if ((interest & Interest::write) != Interest::none) mode |= PollSet::POLL_WRITE;
    return mode;
}

// PollSets outlive their pollers: on Windows the system may write the status of a poll after
// PollSet has freed the memory for it (seen under Wine as a corrupted heap). A returned PollSet is
// empty and is given to the next poller.
class PollSetStore {
  public:
    static PollSetStore& instance() {
        static PollSetStore& store = *new PollSetStore;  // never destroyed, so that it outlives
                                                         // every static poller
        return store;
    }
    struct GiveBack {
        void operator()(PollSet* set) const { instance().give_back(set); }
    };
    // Throws Poco::Exception.
    [[nodiscard]] std::unique_ptr<PollSet, GiveBack> take() {
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) return std::unique_ptr<PollSet, GiveBack>(new PollSet);
        std::unique_ptr<PollSet, GiveBack> set(idle_.back());
        idle_.pop_back();
        return set;
    }

  private:
    void give_back(PollSet* set) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(set);
    }
    std::mutex mutex_;
    std::vector<PollSet*> idle_;
};

class PocoPoller final : public Poller {
  public:
    // Throws Poco::Exception.
    PocoPoller() : set_(PollSetStore::instance().take()) {
        // PollSet of 1.11 cannot be woken, so it polls a socket that sends to itself. The socket is
        // connected and thus accepts nothing from others.
        wake_.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
        wake_.connect(wake_.address());
        wake_.setBlocking(false);
        set_->add(wake_, PollSet::POLL_READ);
    }

    ~PocoPoller() override {
        while (!sockets_.empty()) remove(sockets_.begin()->first);
        set_->remove(wake_);
    }

    Result<> set(SocketHandle socket, uint64_t id, Interest interest) override {
        // PollSet reports errors, and on Linux spins on hang-ups, even without interest, so the
        // socket is removed to silence it.
        if (interest == Interest::none) {
            remove(socket);
            return {};
        }
        try {
            if (const auto found = sockets_.find(socket); found != sockets_.end()) {
                set_->update(found->second, mode_of(interest));
                static_cast<BorrowedSocket*>(found->second.impl())->set_id(id);
            } else {
                const Poco::Net::StreamSocket borrowed(new BorrowedSocket(socket, id));
                set_->add(borrowed, mode_of(interest));
                sockets_.emplace(socket, borrowed);
            }
            return {};
        } catch (const Poco::Exception& error) {
            return fail("PollSet: " + error.displayText());
        }
    }

    void remove(SocketHandle socket) noexcept override {
        const auto found = sockets_.find(socket);
        if (found == sockets_.end()) return;
        set_->remove(found->second);
        sockets_.erase(found);
    }

    void wait(std::chrono::milliseconds timeout, std::vector<Readiness>& out) noexcept override {
        out.clear();
        const bool for_ever = timeout.count() < 0 || timeout > wait_max;
        const std::chrono::microseconds kept = for_ever ? wait_max : timeout;
        const auto ready = set_->poll(Poco::Timespan(kept.count()));
        for (const auto& [socket, mode] : ready) {
            if (socket == wake_) {
                drain_wake();
                continue;
            }
            const bool broken = (mode & PollSet::POLL_ERROR) != 0;
            out.push_back({.id = static_cast<const BorrowedSocket*>(socket.impl())->id(),
                           .readable = broken || (mode & PollSet::POLL_READ) != 0,
                           .writable = broken || (mode & PollSet::POLL_WRITE) != 0});
        }
    }

    void wake() noexcept override {
        const IoSlice byte{.data = "w", .size = 1};
        // Fails only if the socket's buffer is full, and then a wake is already pending.
        [[maybe_unused]] const IoResult written =
            socket_write(static_cast<SocketHandle>(wake_.impl()->sockfd()), &byte, 1);
    }

    std::string_view name() const noexcept override { return "poco"; }

  private:
    void drain_wake() noexcept {
        std::array<char, 8> bytes{};
        const auto socket = static_cast<SocketHandle>(wake_.impl()->sockfd());
        while (socket_read(socket, bytes.data(), bytes.size()).kind == IoResult::Kind::done) {
        }
    }

    Poco::Net::DatagramSocket wake_;
    std::unique_ptr<PollSet, PollSetStore::GiveBack> set_;
    std::unordered_map<SocketHandle, Poco::Net::StreamSocket> sockets_;  // the sockets in set_
};

}  // namespace

Result<std::unique_ptr<Poller>> make_poco_poller() {
    try {
        Poco::Net::initializeNetwork();
        return std::make_unique<PocoPoller>();
    } catch (const Poco::Exception& error) {
        return fail("PollSet: " + error.displayText());
    }
}

}  // namespace midge
