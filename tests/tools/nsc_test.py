"""Tests midge-nsc from the view of its users: output, files and exit codes."""

import json
import os
import re
import stat
import unittest

from harness import ToolTest, claims_of


class Tutorial(ToolTest):
    def test_prints_the_published_lines_with_paths_that_exist(self):
        operator = self.nsc("add", "operator", "-n", "SAOP").stderr
        self.assertIn('Generated operator key - private key stored "~/.nkeys/SAOP/SAOP.nk"\n', operator)
        self.assertIn('Success! - added operator "SAOP"\n', operator)
        account = self.nsc("add", "account", "-n", "SYS").stderr
        self.assertEqual(account,
                         'Generated account key - private key stored "~/.nkeys/SAOP/accounts/SYS/SYS.nk"\n'
                         'Success! - added account "SYS"\n')
        user = self.nsc("add", "user", "-n", "SYSU").stderr
        self.assertEqual(user,
                         'Generated user key - private key stored "~/.nkeys/SAOP/accounts/SYS/users/SYSU.nk"\n'
                         'Generated user creds file "~/.nkeys/SAOP/accounts/SYS/users/SYSU.creds"\n'
                         'Success! - added user "SYSU" to "SYS"\n')
        for path in re.findall(r'"~/(.*?)"', operator + account + user):
            self.assertTrue((self.home / path).exists(), path)

    def test_lists_accounts_in_the_published_box(self):
        self.add_saop()
        key = claims_of(self.token("SAOP/accounts/SYS/SYS.jwt"))["sub"]
        self.assertEqual(self.nsc("list", "accounts").stdout,
                         "╭─────────────────────────────────────────────────────────────────╮\n"
                         "│                            Accounts                             │\n"
                         "├──────┬──────────────────────────────────────────────────────────┤\n"
                         "│ Name │ Public Key                                               │\n"
                         "├──────┼──────────────────────────────────────────────────────────┤\n"
                         f"│ SYS  │ {key} │\n"
                         "╰──────┴──────────────────────────────────────────────────────────╯\n")

    def test_old_paths_lead_to_the_files(self):
        self.add_saop()
        old_jwt = self.home / ".nsc/nats/SAOP/SAOP.jwt"
        self.assertEqual(old_jwt.read_text(), self.token("SAOP/SAOP.jwt"))
        creds = self.home / ".nkeys/SAOP/accounts/SYS/users/SYSU.creds"
        self.assertEqual(creds.resolve(), self.data / "keys/creds/SAOP/SYS/SYSU.creds")


class Files(ToolTest):
    def test_lie_where_the_official_nsc_has_them(self):
        self.add_saop()
        found = sorted(str(p.relative_to(self.data)) for p in self.data.rglob("*") if p.is_file() and not p.is_symlink())
        keys = {name: claims_of(self.token(path))["sub"] for name, path in (
            ("operator", "SAOP/SAOP.jwt"), ("account", "SAOP/accounts/SYS/SYS.jwt"),
            ("user", "SAOP/accounts/SYS/users/SYSU.jwt"))}
        seeds = [f"keys/keys/{k[0]}/{k[1:3]}/{k}.nk" for k in keys.values()]
        self.assertEqual(found, sorted([
            "stores/SAOP/.nsc", "stores/SAOP/SAOP.jwt", "stores/SAOP/accounts/SYS/SYS.jwt",
            "stores/SAOP/accounts/SYS/users/SYSU.jwt", "keys/.gitignore", "keys/creds/SAOP/SYS/SYSU.creds", *seeds]))
        self.assertEqual((self.data / "stores/SAOP/.nsc").read_text(),
                         '{"managed":false,"name":"SAOP","kind":"operator","version":"1"}')
        config = json.loads((self.home / ".config/nats/nsc/nsc.json").read_text())
        self.assertEqual((config["store_root"], config["operator"], config["account"]),
                         (str(self.data / "stores"), "SAOP", "SYS"))

    def test_are_private(self):
        self.add_saop()
        for path in [self.data, *self.data.rglob("*"), self.home / ".config/nats/nsc/nsc.json"]:
            if path.is_symlink():
                continue
            expected = 0o700 if path.is_dir() else 0o600
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), expected, path)

    def test_the_key_store_holds_nothing_that_the_official_nsc_would_migrate(self):
        self.add_saop()
        outside = [p for p in (self.data / "keys").rglob("*")
                   if p.suffix in (".nk", ".creds") and p.relative_to(self.data / "keys").parts[0] not in ("keys", "creds")]
        self.assertEqual(outside, [])

    def test_of_the_official_nsc_are_read(self):
        self.add_saop()
        # The official tool writes only nsc.json differently: it has only its own members, and no line break at the end.
        (self.home / ".config/nats/nsc/nsc.json").write_text(json.dumps(
            {"store_root": str(self.data / "stores"), "operator": "SAOP", "account": "SYS",
             "github_updates": "nats-io/nsc", "last_update": 1}))
        self.assertIn("SYSU", self.nsc("list", "users").stdout)
        self.nsc("env", "-a", "SYS")
        self.assertEqual(json.loads((self.home / ".config/nats/nsc/nsc.json").read_text())["last_update"], 1)

    def test_of_an_old_installation_are_used_on(self):
        (self.home / ".nsc/nats").mkdir(parents=True)
        (self.home / ".nkeys").mkdir()
        self.nsc("add", "operator", "O")
        self.assertTrue((self.home / ".nsc/nats/O/O.jwt").is_file())
        self.assertEqual(len(list((self.home / ".nkeys/keys/O").rglob("*.nk"))), 1)
        self.assertFalse(self.data.exists())

    def test_of_a_very_old_key_store_are_refused(self):
        (self.home / ".nkeys/O").mkdir(parents=True)
        (self.home / ".nkeys/O/O.nk").write_text("seed")
        self.assertIn("old release", self.nsc("list", "operators", ok=False).stderr)

    def test_moved_by_flags_leave_the_home_folder_alone(self):
        self.nsc("-H", "elsewhere", "add", "operator", "O")
        self.assertTrue((self.home / "elsewhere/O/O.jwt").is_file())
        self.assertEqual([p.name for p in self.home.iterdir()], ["elsewhere"])

    def test_moved_by_xdg_data_home_get_no_links(self):
        self.nsc("add", "operator", "O", env={"XDG_DATA_HOME": str(self.home / "data")})
        self.assertTrue((self.home / "data/nats/nsc/stores/O/O.jwt").is_file())
        self.assertFalse((self.home / ".nkeys").is_symlink())


class Tokens(ToolTest):
    def test_are_signed_along_the_chain(self):
        self.add_saop()
        tokens = [self.token(p) for p in ("SAOP/SAOP.jwt", "SAOP/accounts/SYS/SYS.jwt", "SAOP/accounts/SYS/users/SYSU.jwt")]
        operator, account, user = (claims_of(t) for t in tokens)
        self.assertEqual(operator["iss"], operator["sub"])
        self.assertEqual(account["iss"], operator["sub"])
        self.assertEqual(user["iss"], account["sub"])
        self.assertEqual(user["nats"]["version"], 2)
        for token in tokens:
            self.verify(token)

    def test_creds_hold_the_user_and_its_seed(self):
        self.add_saop()
        creds = (self.home / ".nkeys/SAOP/accounts/SYS/users/SYSU.creds").read_text()
        token, seed = re.findall(r"-----BEGIN[^\n]*\n([\w\-.=]+)\n------END", creds)
        self.assertEqual(token, self.token("SAOP/accounts/SYS/users/SYSU.jwt"))
        (self.home / "seed").write_text(seed)
        public = self.run_program("nk", "-inkey", "seed", "-pubout").stdout.strip()
        self.assertEqual(public, claims_of(token)["sub"])
        self.assertEqual(self.nsc("generate", "creds").stdout, creds + "\n")

    def test_carry_what_the_flags_say(self):
        self.nsc("add", "operator", "O", "--generate-signing-key", "--expiry", "2099-01-02")
        self.nsc("add", "account", "A", "--deny-pub", "secret.>")
        self.nsc("add", "user", "U", "--allow-pub", "a,b.*", "--allow-sub", "c q", "--allow-pub-response=5",
                 "--response-ttl", "2s", "--tag", "Red,blue", "--source-network", "10.0.0.0/8", "--expiry", "30d")
        self.assertEqual(self.field("operator", "O", "exp"), 4070995200)
        self.assertEqual(len(self.field("operator", "O", "nats.signing_keys")), 1)
        self.assertEqual(self.field("account", "A", "nats.default_permissions.pub.deny[0]"), "secret.>")
        user = claims_of(self.token("O/accounts/A/users/U.jwt"))
        self.assertEqual(user["nats"]["pub"]["allow"], ["a", "b.*"])
        self.assertEqual(user["nats"]["sub"]["allow"], ["c q"])
        self.assertEqual(user["nats"]["resp"], {"max": 5, "ttl": 2_000_000_000})
        self.assertEqual(user["nats"]["tags"], ["blue", "red"])
        self.assertEqual(user["nats"]["src"], ["10.0.0.0/8"])
        self.assertAlmostEqual(user["exp"], user["iat"] + 30 * 86400, delta=2)

    def test_of_a_system_account_have_its_exports(self):
        self.nsc("add", "operator", "O", "--sys")
        account = claims_of(self.token("O/accounts/SYS/SYS.jwt"))
        self.assertEqual([(e["subject"], e["type"], e["account_token_position"]) for e in account["nats"]["exports"]],
                         [("$SYS.ACCOUNT.*.>", "stream", 3), ("$SYS.REQ.ACCOUNT.*.*", "service", 4)])
        self.assertEqual(self.field("operator", "O", "nats.system_account"), account["sub"])
        user = claims_of(self.token("O/accounts/SYS/users/sys.jwt"))
        self.assertEqual(user["nats"]["issuer_account"], account["sub"])
        self.assertEqual(user["iss"], account["nats"]["signing_keys"][0])

    def test_of_an_imported_operator_are_signed_by_the_accounts(self):
        self.nsc("-H", "theirs", "add", "operator", "O")
        self.nsc("add", "operator", "-u", "theirs/O/O.jwt")
        self.nsc("add", "account", "A")
        account = claims_of(self.token("O/accounts/A/A.jwt"))
        self.assertEqual(account["iss"], account["sub"])
        self.nsc("add", "operator", "-u", "theirs/O/O.jwt", ok=False)
        self.nsc("add", "operator", "-u", "theirs/O/O.jwt", "--force")

    def test_are_signed_by_the_key_of_the_flag_if_it_may(self):
        self.nsc("add", "operator", "O", "--generate-signing-key")
        signing_key = self.field("operator", "O", "nats.signing_keys[0]")
        self.nsc("add", "account", "A", "-K", signing_key)
        self.assertEqual(claims_of(self.token("O/accounts/A/A.jwt"))["iss"], signing_key)
        stranger = self.run_program("nk", "-gen", "operator").stdout.strip()
        refused = self.nsc("add", "account", "B", "-K", stranger, ok=False)
        self.assertIn("invalid account signer", refused.stderr)
        self.assertNotIn(stranger, refused.stderr)
        self.assertEqual(os.listdir(self.data / "stores/O/accounts"), ["A"])


class Describe(ToolTest):
    def setUp(self):
        super().setUp()
        self.add_saop()

    def test_prints_raw_json_and_fields(self):
        token = self.token("SAOP/accounts/SYS/SYS.jwt")
        self.assertEqual(self.nsc("describe", "account", "SYS", "--raw").stdout, token + "\n")
        text = self.nsc("describe", "account", "-n", "SYS", "-J").stdout
        self.assertEqual(json.loads(text), claims_of(token))
        self.assertEqual(text, json.dumps(claims_of(token), indent=1, sort_keys=True) + "\n")
        self.assertEqual(self.nsc("describe", "account", "-F", "nats.limits.conn").stdout, "-1\n")
        self.assertEqual(self.nsc("describe", "account", "-F", "name").stdout, '"SYS"\n')
        self.nsc("describe", "account", "-F", "name.x", ok=False)
        self.nsc("describe", "account", "-F", "nats.tags[", ok=False)

    def test_prints_tables(self):
        for kind, title in (("operator", "Operator Details"), ("account", "Account Details"), ("user", "User")):
            lines = self.nsc("describe", kind).stdout.splitlines()
            self.assertIn(title, lines[1])
            self.assertEqual(len({len(line) for line in lines}), 1, lines)

    def test_takes_a_file_and_a_public_key(self):
        key = claims_of(self.token("SAOP/accounts/SYS/SYS.jwt"))["sub"]
        self.assertEqual(self.nsc("describe", "account", key, "-F", "name").stdout, '"SYS"\n')
        creds = self.home / ".nkeys/SAOP/accounts/SYS/users/SYSU.creds"
        self.assertEqual(self.nsc("describe", "jwt", "-f", str(creds), "-F", "name").stdout, '"SYSU"\n')

    def test_writes_a_private_file_and_into_pipes(self):
        self.nsc("describe", "user", "--raw", "-o", "out.jwt")
        text = (self.home / "out.jwt").read_text()
        self.assertTrue(text.startswith("-----BEGIN NATS USER JWT-----\n"), text)
        self.assertEqual(stat.S_IMODE((self.home / "out.jwt").stat().st_mode), 0o600)
        self.assertIn(self.token("SAOP/accounts/SYS/users/SYSU.jwt"),
                      self.nsc("describe", "user", "--raw", "-o", "/dev/stdout").stdout)


class Lists(ToolTest):
    def test_print_json(self):
        self.add_saop()
        for kind, name in (("operators", "SAOP"), ("accounts", "SYS"), ("users", "SYSU")):
            entries = json.loads(self.nsc("list", kind, "--json").stdout)
            self.assertEqual([e["name"] for e in entries], [name])

    def test_of_keys_show_seeds_only_when_asked(self):
        self.add_saop()
        seed = next((self.data / "keys/keys/U").rglob("*.nk")).read_text()
        table = self.nsc("list", "keys", "--all").stdout
        self.assertNotIn(seed, table)
        self.assertEqual(table.count(" * "), 3, table)
        self.assertIn(seed, self.nsc("list", "keys", "--show-seeds").stdout)
        stray = self.nsc("generate", "nkey", "--user", "--store").stdout.split()[0]
        self.assertIn(stray, self.nsc("list", "keys", "--not-referenced").stdout)
        key = claims_of(self.token("SAOP/accounts/SYS/users/SYSU.jwt"))["sub"]
        rows = json.loads(self.nsc("list", "keys", "-J", "--users", "--filter", key[5:15].lower()).stdout)
        self.assertEqual([(r["pub"], r["expected_kind"]) for r in rows], [(key, "user")])

    def test_of_nothing_say_so(self):
        self.assertIn("No entries defined", self.nsc("list", "operators").stdout)
        self.assertIn("set an operator", self.nsc("list", "accounts", ok=False).stderr)


class ServerConfigs(ToolTest):
    def test_for_the_memory_resolver_hold_every_account_sorted_by_key(self):
        self.add_saop()
        self.nsc("add", "account", "-n", "APP")
        text = self.nsc("generate", "config", "--mem-resolver", "--sys-account", "SYS").stdout
        keys = sorted(claims_of(self.token(f"SAOP/accounts/{a}/{a}.jwt"))["sub"] for a in ("APP", "SYS"))
        self.assertEqual(re.findall(r"^  (A\w+): eyJ", text, re.M), keys)
        self.assertIn(f"operator: {self.token('SAOP/SAOP.jwt')}\n", text)
        self.assertIn(f"system_account: {self.field('account', 'SYS', 'sub')}\n", text)
        self.assertIn("resolver: MEMORY\n", text)

    def test_for_the_nats_resolver_need_a_system_account(self):
        self.add_saop()
        self.assertIn("system account is not set", self.nsc("generate", "config", "--nats-resolver", ok=False).stderr)
        full = self.nsc("generate", "config", "--nats-resolver", "--sys-account", "SYS").stdout
        self.assertIn("    type: full\n", full)
        cache = self.nsc("generate", "config", "--nats-resolver-cache", "--sys-account", "SYS").stdout
        self.assertIn("    type: cache\n", cache)

    def test_replace_a_file_only_by_force(self):
        self.add_saop()
        command = ("generate", "config", "--mem-resolver", "--config-file", "server.conf")
        self.nsc(*command)
        self.assertIn("already exists", self.nsc(*command, ok=False).stderr)
        self.nsc(*command, "--force")


class Refusals(ToolTest):
    def refused(self, *args):
        done = self.nsc(*args, ok=False)
        self.assertEqual(done.stdout, "")
        # After a mistake in the arguments, there is a hint about help; the error is always at the end.
        error = re.sub(r'^Run "nsc[a-z -]* --help" to see how to call it\.\n', "", done.stderr)
        self.assertTrue(error.startswith("Error: "), done.stderr)
        return error

    def test_name_what_is_unknown_or_not_built(self):
        self.assertIn("frobnicate", self.refused("frobnicate"))
        self.assertIn("frobnicate", self.refused("add", "frobnicate"))
        self.assertIn("--frobnicate", self.refused("add", "operator", "-n", "O", "--frobnicate"))
        self.assertIn('"add export" is not supported yet', self.refused("add", "export", "--subject", "a"))
        self.assertFalse((self.data / "stores/O").exists())

    def test_names_that_are_no_file_names(self):
        for name in ("a/b", "..", ".", "a\\b", "", " a", "x" * 300, "a\nb"):
            self.refused("add", "operator", "-n", name)
        self.nsc("add", "operator", "O")
        for name in ("../../x", "a/b"):
            self.refused("add", "account", "-n", name)
            self.refused("describe", "account", "-n", name)
        self.nsc("add", "account", "A")
        self.refused("add", "user", "-n", "../u")

    def test_entities_that_exist(self):
        self.add_saop()
        before = self.token("SAOP/SAOP.jwt")
        self.assertIn("already exists", self.refused("add", "operator", "-n", "SAOP"))
        self.assertIn("already exists", self.refused("add", "account", "-n", "sys"))
        self.assertIn("already exists", self.refused("add", "user", "-n", "SYSU"))
        self.assertEqual(before, self.token("SAOP/SAOP.jwt"))
        self.assertEqual(len(list((self.data / "keys/keys").rglob("*.nk"))), 3)

    def test_subjects_and_times_that_are_none(self):
        self.nsc("add", "operator", "O")
        self.nsc("add", "account", "A")
        self.assertIn('"a..b" is not a valid subject', self.refused("add", "user", "U", "--allow-pub", "a..b"))
        self.assertIn('expiry "soon" is invalid', self.refused("add", "user", "U", "--expiry", "soon"))
        self.assertIn("2026-13-01", self.refused("add", "user", "U", "--expiry", "2026-13-01"))
        self.assertFalse((self.data / "keys/keys/U").exists())

    def test_broken_files_are_named(self):
        self.add_saop()
        (self.data / "stores/SAOP/accounts/SYS/SYS.jwt").write_text("garbage")
        self.assertIn("SYS.jwt", self.refused("describe", "account", "SYS"))
        self.assertIn("error loading jwt", self.nsc("list", "accounts").stdout)
        (self.home / ".config/nats/nsc/nsc.json").write_text("{")
        self.assertIn("nsc.json", self.refused("list", "accounts"))


class TraceContext(ToolTest):
    def refused(self, *args):
        return self.nsc(*args, ok=False).stderr

    def trace(self):
        return claims_of(self.token("O/accounts/A/A.jwt"))["nats"].get("trace")

    def test_is_edited_shown_and_ended(self):
        self.nsc("add", "operator", "O")
        self.nsc("add", "account", "A")
        self.assertIn("trace-context-sampling requires a subject",
                      self.refused("edit", "account", "A", "--trace-context-sampling", "50"))
        self.nsc("edit", "account", "A", "--trace-context-subject", "traces")
        self.assertEqual(self.trace(), {"dest": "traces"})
        self.nsc("edit", "account", "A", "--trace-context-sampling", "75")
        self.assertEqual(self.trace(), {"dest": "traces", "sampling": 75})
        self.assertRegex(self.nsc("describe", "account", "A").stdout, r"Subject +│ traces [ │\n]+Sampling +│ 75%")
        self.nsc("edit", "account", "A", "--description", "unrelated")
        self.assertEqual(self.trace(), {"dest": "traces", "sampling": 75})
        for arguments, why in ((["--trace-context-sampling", "101"], "must be between 1-100"),
                               (["--trace-context-sampling", "-1"], "must be between 1-100"),
                               (["--trace-context-subject", "traces.*"], "no subject without wildcards"),
                               (["--trace-context-subject", "", "--trace-context-sampling", "5"], "when disabling")):
            self.assertIn(why, self.refused("edit", "account", "A", *arguments))
        self.nsc("edit", "account", "A", "--trace-context-subject", "")
        self.assertIsNone(self.trace())


class AuthCallout(ToolTest):
    def settings(self):
        return claims_of(self.token("SAOP/accounts/SYS/SYS.jwt"))["nats"]["authorization"]

    def test_is_edited_shown_and_ended(self):
        self.add_saop()
        user = claims_of(self.token("SAOP/accounts/SYS/users/SYSU.jwt"))["sub"]
        done = self.nsc("edit", "authcallout", "--auth-user", user, "--allowed-account", "*", "--curve", "generate")
        curve = re.search(r"^Generated curve key (X\w{55})$", done.stderr, re.M)[1]
        self.assertIn('Success! - edited authorization callout of account "SYS"', done.stderr)
        self.assertEqual(self.settings(), {"auth_users": [user], "allowed_accounts": ["*"], "xkey": curve})
        shown = self.nsc("describe", "account", "SYS").stdout
        for text in ("Auth Callout Users", user, "Allowed Accounts", "Encrypt For", curve):
            self.assertIn(text, shown)
        self.nsc("edit", "authcallout", "--rm-allowed-account", "*", "--rm-curve")
        self.assertEqual(self.settings(), {"auth_users": [user]})
        self.nsc("edit", "authcallout", "--disable")
        self.assertEqual(self.settings(), {})

    def refused(self, *args):
        return self.nsc(*args, ok=False).stderr

    def test_refuses_what_would_lock_everybody_out(self):
        self.add_saop()
        user = claims_of(self.token("SAOP/accounts/SYS/users/SYSU.jwt"))["sub"]
        account = claims_of(self.token("SAOP/accounts/SYS/SYS.jwt"))["sub"]
        self.assertIn("no --auth-user", self.refused("edit", "authcallout", "--allowed-account", "*"))
        self.assertIn("expected the public key of a user", self.refused("edit", "authcallout", "--auth-user", account))
        self.assertIn("public curve key", self.refused("edit", "authcallout", "--auth-user", user, "--curve", account))
        self.assertIn("stands alone", self.refused("edit", "authcallout", "--auth-user", user, "--allowed-account",
                                                   "*", "--allowed-account", account))
        self.assertIn("nothing to edit", self.refused("edit", "authcallout"))
        self.assertEqual(self.settings(), {})


class Choices(ToolTest):
    def test_of_operator_and_account_are_kept(self):
        self.nsc("add", "operator", "O1")
        self.nsc("add", "account", "A1")
        self.nsc("add", "account", "A2")
        self.nsc("add", "operator", "O2")
        self.nsc("select", "operator", "O1")
        self.nsc("env", "-a", "A1")
        self.nsc("add", "user", "U")
        self.assertTrue((self.data / "stores/O1/accounts/A1/users/U.jwt").is_file())
        self.assertIn("not in", self.nsc("env", "-o", "O3", ok=False).stderr)

    def test_follow_the_working_folder(self):
        self.nsc("add", "operator", "O1")
        self.nsc("add", "account", "A1")
        self.nsc("add", "account", "A2")
        self.nsc("add", "user", "U", cwd=self.data / "stores/O1/accounts/A1")
        self.assertTrue((self.data / "stores/O1/accounts/A1/users/U.jwt").is_file())


class Help(ToolTest):
    def test_teaches_with_examples_and_touches_nothing(self):
        self.assertIn("nsc add operator -n SAOP", self.nsc("--help").stdout)
        self.assertIn("nsc add user -n SYSU", self.nsc("add", "user", "--help").stdout)
        self.assertIn("operator", self.nsc("add").stdout)
        self.assertNotIn("add export", self.nsc("--help").stdout)
        self.assertEqual(list(self.home.iterdir()), [])


class Nk(ToolTest):
    def test_signs_and_verifies(self):
        seed, public = self.run_program("nk", "-gen", "user", "-pubout").stdout.split()
        self.assertEqual((seed[:2], public[0]), ("SU", "U"))
        (self.home / "seed").write_text(f"# a comment\n{seed}\n")
        (self.home / "message").write_text("hello")
        (self.home / "signature").write_text(self.run_program("nk", "-sign", "message", "-inkey", "seed").stdout)
        self.run_program("nk", "-verify", "message", "-inkey", "seed", "-sigfile", "signature")
        (self.home / "message").write_text("hullo")
        failed = self.run_program("nk", "-verify", "message", "-inkey", "seed", "-sigfile", "signature", ok=False)
        self.assertEqual(failed.stdout, "nkeys: signature verification failed\n")

    def test_says_what_is_missing(self):
        (self.home / "message").write_text("hello")
        self.assertEqual(self.run_program("nk", "-sign", "message", ok=False).stdout,
                         "Sign requires a seed/private key via -inkey <file>\n")
        self.assertEqual(self.run_program("nk", "-verify", "message", ok=False).stdout,
                         "Verify requires a seed key via -inkey or a public key via -pubin\n")
        self.assertEqual(self.run_program("nk", "-sign", "message", "-inkey", "message", ok=False).stdout,
                         "Could not find a valid key\n")

    def test_makes_keys_with_a_prefix(self):
        _, public = self.run_program("nk", "-gen", "account", "-pre", "cq").stdout.split()
        self.assertEqual(public[:3], "ACQ")
        # The second letter contains two bits of the key, so that only four letters are possible.
        self.assertIn("expected A, B, C or D", self.run_program("nk", "-gen", "account", "-pre", "q", ok=False).stdout)


class Mkpasswd(ToolTest):
    def test_makes_a_password_and_its_hash(self):
        first, second = self.run_program("mkpasswd", "-c", "4").stdout.splitlines()
        self.assertRegex(first, r"^pass: [A-Za-z0-9!@#$%^&*()]{22}$")
        self.assertRegex(second, r"^bcrypt hash: \$2a\$04\$.{53}$")

    def test_asks_twice(self):
        done = self.run_program("mkpasswd", "-p", "-c", "4", stdin="s3cret\ns3cret\n")
        self.assertRegex(done.stdout, r"^bcrypt hash: \$2a\$04\$.{53}\n$")
        self.assertIn("do not match", self.run_program("mkpasswd", "-p", stdin="a\nb\n", ok=False).stderr)
        self.assertIn("expected 4..31", self.run_program("mkpasswd", "-c", "3", ok=False).stderr)


if __name__ == "__main__":
    unittest.main()
