#pragma once
// For authors of resolver plugins in C++: derive from Resolver, and export the class with
// MIDGE_EXPORT_RESOLVER. Needs only C++17 and the standard library. examples/resolver-example is a
// complete plugin.
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "midge_resolver.h"
#include "plugin_text.hpp"

namespace midge::plugin {

// The host from the view of a resolver. A value that may be copied freely. Any thread.
class ResolverHost : public HostLog<midge_resolver_host> {
  public:
    using HostLog::HostLog;
    // See midge_resolver_host.changed.
    void account_changed(std::string_view account) const noexcept {
        host_->changed(host_->self, MIDGE_CHANGED_ACCOUNT, text(account));
    }
    void account_deleted(std::string_view account) const noexcept {
        host_->changed(host_->self, MIDGE_CHANGED_DELETED, text(account));
    }
    void all_changed() const noexcept { host_->changed(host_->self, MIDGE_CHANGED_ALL, {}); }
    // Returns the version of a JWT, as the host has it in `have` and `expected`.
    [[nodiscard]] std::string version_of(std::string_view jwt) const {
        std::string version(MIDGE_VERSION_SIZE, '\0');
        host_->version_of(host_->self, text(jwt), version.data());
        return version;
    }
};

// The duty to answer one request, or one account of a fetch. Owned by the code that works on the
// request; may be moved between threads. Answers at most once. If it is destroyed without an
// answer, it answers MIDGE_UNAVAILABLE, so that no request waits for its deadline in vain.
class Reply {
  public:
    using Clock = std::chrono::steady_clock;

    Reply(const midge_resolver_host* host, uint64_t request, uint32_t deadline_ms,
          uint32_t index = 0) noexcept
        : host_(host),
          request_(request),
          deadline_(Clock::now() + std::chrono::milliseconds(deadline_ms)),
          index_(index) {}
    Reply(Reply&& other) noexcept
        : host_(std::exchange(other.host_, nullptr)),
          request_(other.request_),
          deadline_(other.deadline_),
          index_(other.index_) {}
    Reply& operator=(Reply&& other) noexcept {
        if (this != &other) {
            fail(MIDGE_UNAVAILABLE, dropped);
            host_ = std::exchange(other.host_, nullptr);
            request_ = other.request_;
            deadline_ = other.deadline_;
            index_ = other.index_;
        }
        return *this;
    }
    ~Reply() { fail(MIDGE_UNAVAILABLE, dropped); }

    // The id that cancel() gets.
    [[nodiscard]] uint64_t request() const noexcept { return request_; }
    // The time at which the host answers the request itself.
    [[nodiscard]] Clock::time_point deadline() const noexcept { return deadline_; }

    // Requires: `value` as described for midge_answer.
    void ok(std::string_view value = {}) noexcept { complete(MIDGE_OK, value, {}); }
    // Answers with a page of a list; an empty cursor means that it is the last one.
    void page(std::string_view accounts, std::string_view cursor) noexcept {
        complete(MIDGE_OK, accounts, cursor);
    }
    void unchanged() noexcept { complete(MIDGE_UNCHANGED, {}, {}); }
    void conflict() noexcept { complete(MIDGE_CONFLICT, {}, {}); }
    // Requires: `status` is an error, and `why` is one line without secrets.
    void fail(int status, std::string_view why) noexcept { complete(status, why, {}); }

  private:
    void complete(int status, std::string_view value, std::string_view cursor) noexcept {
        if (host_ == nullptr) return;
        const midge_resolver_host* host = std::exchange(host_, nullptr);
        const midge_answer answer = {sizeof(midge_answer), status,      index_, 0,
                                     text(value),          text(cursor)};
        host->complete(host->self, request_, &answer);
    }

    static constexpr std::string_view dropped = "the request was dropped";
    const midge_resolver_host* host_;
    uint64_t request_;
    Clock::time_point deadline_;
    uint32_t index_;
};

struct FetchRequest {
    std::string account;
    std::string have;  // the version that the host has; empty: none
};

struct StoreRequest {
    std::string account;
    std::string jwt;
    uint32_t condition = MIDGE_STORE_ALWAYS;
    std::string expected;  // with MIDGE_STORE_IF_VERSION

    // Whether the condition allows to replace `stored` (empty: nothing is stored).
    [[nodiscard]] bool allows(std::string_view stored, const ResolverHost& host) const {
        if (condition == MIDGE_STORE_ALWAYS) return true;
        if (condition == MIDGE_STORE_IF_ABSENT) return stored.empty();
        return !stored.empty() && host.version_of(stored) == expected;
    }
};

struct ListRequest {
    std::string cursor;  // empty: the first page
    uint32_t limit = 0;  // accounts
};

// A resolver instance. A derived class T needs a constructor `T(ResolverHost host, const
// ResolverStart& start)`, which throws std::exception with the reason if the settings are wrong,
// and public overrides of the functions that it supports: store, list and erase are offered to the
// host only if T overrides them. T may also have
// - a static constexpr array `settings` of midge_setting, which the host checks,
// - a static constexpr bool `compares`, true if store() obeys StoreRequest.condition.
// The rules of midge_resolver.h apply.
class Resolver {
  public:
    Resolver() = default;
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    virtual ~Resolver() = default;

    virtual void fetch(FetchRequest request, Reply reply) = 0;
    // Overrides of these functions keep their arguments.
    // NOLINTBEGIN(performance-unnecessary-value-param)
    // Fetches several accounts. Override it if the storage can do that with one request.
    virtual void fetch_batch(std::vector<std::pair<FetchRequest, Reply>> wanted) {
        for (auto& [request, reply] : wanted) fetch(std::move(request), std::move(reply));
    }
    virtual void store(StoreRequest, Reply reply) { refuse(reply); }
    virtual void list(ListRequest, Reply reply) { refuse(reply); }
    virtual void erase(std::string, Reply reply) { refuse(reply); }
    // NOLINTEND(performance-unnecessary-value-param)
    // Nobody waits for this request any more.
    virtual void cancel(uint64_t) {}
    virtual void report(const Report&) {}
    virtual void stop() {}

  private:
    static void refuse(Reply& reply) { reply.fail(MIDGE_UNSUPPORTED, "not supported"); }
};

// The input of a constructor; the views are valid during its call.
struct ResolverStart {
    std::string_view instance;
    std::string_view config_json;
};

template <class T, class = void>
struct ResolverTraits {
    static constexpr const midge_setting* settings = nullptr;
    static constexpr uint32_t setting_count = 0;
};
template <class T>
struct ResolverTraits<T, std::void_t<decltype(T::settings)>> {
    static constexpr const midge_setting* settings = T::settings;
    static constexpr uint32_t setting_count = sizeof(T::settings) / sizeof(midge_setting);
};

template <class T, class = void>
struct ResolverCompares : std::false_type {};
template <class T>
struct ResolverCompares<T, std::void_t<decltype(T::compares)>> : std::bool_constant<T::compares> {};

// The C functions of a class T. None of them lets an exception pass.
template <class T>
class ResolverThunks {
    static_assert(std::is_base_of_v<Resolver, T>);

    // The instance behind `self`.
    struct Instance {
        const midge_resolver_host* host;
        T resolver;
        Instance(const midge_resolver_host* h, const ResolverStart& start)
            : host(h), resolver(ResolverHost(h), start) {}
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

    static int create(const midge_resolver_host* host, const midge_resolver_start* start,
                      void** self) noexcept {
        *self = nullptr;
        // The name of the export means the same version, but a program that links a plugin in may
        // make a mistake.
        if (host->abi != MIDGE_RESOLVER_ABI || !MIDGE_HAS(host, version_of)) return MIDGE_INVALID;
        guarded(host, "", [&] {
            *self = new Instance(host, {view(start->instance), view(start->config_json)});
        });
        return *self == nullptr ? MIDGE_INVALID : MIDGE_OK;
    }
    static void fetch(void* self, const midge_fetch* request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "fetch failed: ", [&] {
            if (request->count == 1) {
                return it.resolver.fetch(wanted(request->accounts[0]),
                                         Reply(it.host, request->id, request->deadline_ms));
            }
            std::vector<std::pair<FetchRequest, Reply>> all;
            all.reserve(request->count);
            for (uint32_t i = 0; i < request->count; ++i) {
                all.emplace_back(wanted(request->accounts[i]),
                                 Reply(it.host, request->id, request->deadline_ms, i));
            }
            it.resolver.fetch_batch(std::move(all));
        });
    }
    static FetchRequest wanted(const midge_wanted& account) {
        return {std::string(view(account.account)), std::string(view(account.have))};
    }
    static void store(void* self, const midge_store* request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "store failed: ", [&] {
            it.resolver.store({std::string(view(request->account)), std::string(view(request->jwt)),
                               request->condition, std::string(view(request->expected))},
                              Reply(it.host, request->id, request->deadline_ms));
        });
    }
    static void list(void* self, const midge_list* request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "list failed: ", [&] {
            it.resolver.list({std::string(view(request->cursor)), request->limit},
                             Reply(it.host, request->id, request->deadline_ms));
        });
    }
    static void erase(void* self, const midge_erase* request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "erase failed: ", [&] {
            it.resolver.erase(std::string(view(request->account)),
                              Reply(it.host, request->id, request->deadline_ms));
        });
    }
    static void cancel(void* self, uint64_t request) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "cancel failed: ", [&] { it.resolver.cancel(request); });
    }
    static void report(void* self, const midge_report* to) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "report failed: ", [&] { it.resolver.report(Report(to)); });
    }
    static void stop(void* self) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "stop failed: ", [&] { it.resolver.stop(); });
    }
    static void destroy(void* self) noexcept { delete static_cast<Instance*>(self); }

  public:
    // The most accounts that the host requests at a time.
    static constexpr uint32_t fetch_max = 64;

    // `name` and `version` as in midge_resolver; string literals.
    static constexpr midge_resolver table(std::string_view name, std::string_view version) {
        constexpr bool stores = !std::is_same_v<decltype(&T::store), decltype(&Resolver::store)>;
        constexpr bool lists = !std::is_same_v<decltype(&T::list), decltype(&Resolver::list)>;
        constexpr bool erases = !std::is_same_v<decltype(&T::erase), decltype(&Resolver::erase)>;
        constexpr bool cancels = !std::is_same_v<decltype(&T::cancel), decltype(&Resolver::cancel)>;
        constexpr bool reports = !std::is_same_v<decltype(&T::report), decltype(&Resolver::report)>;
        constexpr uint32_t features = ResolverCompares<T>::value ? MIDGE_RESOLVER_COMPARES : 0;
        return {sizeof(midge_resolver),
                MIDGE_RESOLVER_ABI,
                text(name),
                text(version),
                &create,
                &fetch,
                &stop,
                &destroy,
                stores ? &store : nullptr,
                lists ? &list : nullptr,
                erases ? &erase : nullptr,
                cancels ? &cancel : nullptr,
                reports ? &report : nullptr,
                ResolverTraits<T>::settings,
                ResolverTraits<T>::setting_count,
                fetch_max,
                features,
                0};
    }
};

}  // namespace midge::plugin

// Exports class T as the resolver of this library. Use it once, outside any namespace.
#define MIDGE_EXPORT_RESOLVER(T, name, version)                                \
    extern "C" MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2() { \
        static constexpr midge_resolver table =                                \
            midge::plugin::ResolverThunks<T>::table(name, version);            \
        return &table;                                                         \
    }
