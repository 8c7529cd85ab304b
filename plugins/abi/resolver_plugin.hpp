#pragma once
// For authors of resolver plugins in C++: derive from Resolver, export it with
// MIDGE_EXPORT_RESOLVER. Needs C++17 and the standard library only. examples/resolver-example is a
// whole plugin.
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "midge_resolver.h"
#include "plugin_text.hpp"

namespace midge::plugin {

// The host as a resolver sees it. A value: copy it freely. Any thread.
class ResolverHost : public HostLog<midge_resolver_host> {
  public:
    using HostLog::HostLog;
    // See midge_resolver_host.changed.
    void changed(std::string_view account) const noexcept {
        host_->changed(host_->self, text(account));
    }
};

// The duty to answer one request. Owned by whoever works on the request; may move between threads.
// Answers at most once; when dropped without an answer, it answers MIDGE_UNAVAILABLE, so that no
// request waits for its deadline in vain.
class Reply {
  public:
    Reply(const midge_resolver_host* host, uint64_t request) noexcept
        : host_(host), request_(request) {}
    Reply(Reply&& other) noexcept
        : host_(std::exchange(other.host_, nullptr)), request_(other.request_) {}
    Reply& operator=(Reply&& other) noexcept {
        if (this != &other) {
            fail(MIDGE_UNAVAILABLE, dropped);
            host_ = std::exchange(other.host_, nullptr);
            request_ = other.request_;
        }
        return *this;
    }
    ~Reply() { fail(MIDGE_UNAVAILABLE, dropped); }

    // `value` as midge_resolver_host.complete describes it.
    void ok(std::string_view value = {}) noexcept { complete(MIDGE_OK, value); }
    // `status` other than MIDGE_OK; `why` is one line without secrets.
    void fail(int status, std::string_view why) noexcept { complete(status, why); }

  private:
    void complete(int status, std::string_view value) noexcept {
        if (host_ == nullptr) return;
        const midge_resolver_host* host = std::exchange(host_, nullptr);
        host->complete(host->self, request_, status, text(value));
    }

    static constexpr std::string_view dropped = "the request was dropped";
    const midge_resolver_host* host_;
    uint64_t request_;
};

// A resolver instance. A class T that derives from it has a constructor `T(ResolverHost host,
// std::string_view config_json)` that throws std::exception with the reason when the settings are
// wrong, and public overrides of what it supports: store, list and erase are offered to the host
// only if T overrides them. The rules of midge_resolver.h apply.
class Resolver {
  public:
    Resolver() = default;
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    virtual ~Resolver() = default;

    virtual void fetch(std::string account, Reply reply) = 0;
    // Those who override these keep what they are given.
    // NOLINTBEGIN(performance-unnecessary-value-param)
    virtual void store(std::string, std::string, Reply reply) { refuse(reply); }
    virtual void list(Reply reply) { refuse(reply); }
    virtual void erase(std::string, Reply reply) { refuse(reply); }
    // NOLINTEND(performance-unnecessary-value-param)
    virtual void stop() {}

  private:
    static void refuse(Reply& reply) { reply.fail(MIDGE_UNSUPPORTED, "not supported"); }
};

// The C functions of a T. Every one of them ends exceptions here.
template <class T>
class ResolverThunks {
    static_assert(std::is_base_of_v<Resolver, T>);

    // The instance behind `self`.
    struct Instance {
        const midge_resolver_host* host;
        T resolver;
        Instance(const midge_resolver_host* h, std::string_view config)
            : host(h), resolver(ResolverHost(h), config) {}
    };

    template <class Call>
    static void guarded(const midge_resolver_host* host, std::string_view what,
                        Call call) noexcept {
        const ResolverHost log(host);
        try {
            call();
        } catch (const std::exception& e) {
            log.error(std::string(what) + e.what());
        } catch (...) {
            log.error(std::string(what) + "unknown exception");
        }
    }

    static int create(const midge_resolver_host* host, midge_text config, void** self) noexcept {
        *self = nullptr;
        guarded(host, "", [&] { *self = new Instance(host, view(config)); });
        return *self == nullptr ? MIDGE_INVALID : MIDGE_OK;
    }
    static void fetch(void* self, uint64_t request, midge_text account) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "fetch failed: ", [&] {
            it.resolver.fetch(std::string(view(account)), Reply(it.host, request));
        });
    }
    static void store(void* self, uint64_t request, midge_text account, midge_text jwt) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "store failed: ", [&] {
            it.resolver.store(std::string(view(account)), std::string(view(jwt)),
                              Reply(it.host, request));
        });
    }
    static void list(void* self, uint64_t request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "list failed: ", [&] { it.resolver.list(Reply(it.host, request)); });
    }
    static void erase(void* self, uint64_t request, midge_text account) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "erase failed: ", [&] {
            it.resolver.erase(std::string(view(account)), Reply(it.host, request));
        });
    }
    static void stop(void* self) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "stop failed: ", [&] { it.resolver.stop(); });
    }
    static void destroy(void* self) noexcept { delete static_cast<Instance*>(self); }

  public:
    // `name` and `version` as in midge_resolver; string literals.
    static constexpr midge_resolver table(std::string_view name, std::string_view version) {
        constexpr bool stores = !std::is_same_v<decltype(&T::store), decltype(&Resolver::store)>;
        constexpr bool lists = !std::is_same_v<decltype(&T::list), decltype(&Resolver::list)>;
        constexpr bool erases = !std::is_same_v<decltype(&T::erase), decltype(&Resolver::erase)>;
        return {sizeof(midge_resolver),
                MIDGE_RESOLVER_ABI,
                text(name),
                text(version),
                &create,
                &fetch,
                stores ? &store : nullptr,
                lists ? &list : nullptr,
                erases ? &erase : nullptr,
                &stop,
                &destroy};
    }
};

}  // namespace midge::plugin

// Exports class T as the resolver of this library. Once, at namespace scope, outside any namespace.
#define MIDGE_EXPORT_RESOLVER(T, name, version)                                \
    extern "C" MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v1() { \
        static constexpr midge_resolver table =                                \
            midge::plugin::ResolverThunks<T>::table(name, version);            \
        return &table;                                                         \
    }
