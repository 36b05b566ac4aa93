//! A test's profile without the framework.

use rubyprof_core::{
    Framework, Location, MeasureMode, Method, MethodId, Path, Profile, ProfileBuilder,
};

const RSPEC: &str = "/gems/rspec-core/lib/rspec/core/example.rb";
const SPEC: &str = "/app/spec/shop_spec.rb";
const SHOP: &str = "/app/lib/shop.rb";
const SET: &str = "/usr/lib/ruby/3.1.0/set.rb";

struct Build {
    builder: ProfileBuilder,
}

impl Build {
    /// A method of a file, or of C.
    fn method(&mut self, name: &str, file: Option<&str>) -> MethodId {
        let file = file.map(|file| self.builder.file(file));
        self.builder.method(Method {
            class_name: "It".into(),
            name: Some(name.into()),
            file,
            line: 1,
            ..Method::default()
        })
    }

    fn call(&mut self, caller: Path, method: MethodId, from: Option<&str>, called: u64) -> Path {
        let site = from.map_or_else(Location::default, |file| Location {
            file: Some(self.builder.file(file)),
            line: 7,
        });
        self.builder.call(caller, method, site, called, 10)
    }
}

fn framework() -> Framework {
    Framework {
        own: vec!["/gems/rspec-core/lib/rspec/".into()],
        libraries: vec!["/usr/lib/ruby/".into()],
    }
}

/// `caller > callee` of all paths, with calls.
fn paths(profile: &Profile) -> Vec<String> {
    let nodes = 0..profile.nodes().len() as u32;
    nodes
        .map(|index| {
            let mut id = rubyprof_core::NodeId(index);
            let called = profile.node(id).called;
            let mut names = vec![profile.method(profile.node(id).method).full_name()];
            while let Some(parent) = profile.parent(id) {
                id = parent;
                names.push(profile.method(profile.node(id).method).full_name());
            }
            names.reverse();
            format!("{} {called}", names.join(" > "))
        })
        .collect()
}

fn example() -> Profile {
    let mut build = Build {
        builder: ProfileBuilder::new(MeasureMode::WallTime),
    };
    let run = build.method("run", Some(RSPEC));
    let exec = build.method("instance_exec", None);
    let fetch = build.method("fetch", None);
    let add = build.method("add", Some(SET));
    let price = build.method("price", Some(SHOP));
    let sort = build.method("sort", None);
    let compare = build.method("<=>", Some(SHOP));
    let expect = build.method("expect", Some(RSPEC));
    let root = build.builder.thread(1, 1, run, 1, 1_000);
    // What RSpec does for itself: C, a library, and what that calls.
    build.call(root, fetch, Some(RSPEC), 3);
    let set = build.call(root, add, Some(RSPEC), 2);
    build.call(set, fetch, Some(SET), 2);
    // The example's code, in a block that a C function runs.
    let body = build.call(root, exec, Some(RSPEC), 1);
    build.call(body, fetch, Some(SPEC), 5);
    let call = build.call(body, price, Some(SPEC), 1);
    let sorted = build.call(call, sort, Some(SHOP), 1);
    build.call(sorted, compare, None, 4);
    let by_shop = build.call(call, add, Some(SHOP), 6);
    build.call(by_shop, fetch, Some(SET), 6);
    // RSpec calls the program's code, in the middle of a matcher.
    let matcher = build.call(body, expect, Some(SPEC), 1);
    let mapped = build.call(matcher, sort, Some(RSPEC), 1);
    build.call(mapped, compare, None, 9);
    build.builder.finish()
}

#[test]
fn the_program_stays_and_the_framework_goes() {
    let profile = example();
    let rest = profile.without_framework(&framework());
    assert_eq!(rest.check(), Ok(()));
    assert_eq!(rest.total(), profile.total());
    assert_eq!(
        paths(&rest),
        [
            "[global]# 1",
            "[global]# > It#fetch 5",
            "[global]# > It#price 1",
            "[global]# > It#price > It#sort 1",
            "[global]# > It#price > It#sort > It#<=> 4",
            "[global]# > It#price > It#add 6",
            "[global]# > It#price > It#add > It#fetch 6",
            "[global]# > It#<=> 9",
        ]
    );
    assert_eq!(rest.calls(), 5 + 1 + 1 + 4 + 6 + 6 + 9);
}

#[test]
fn roots_of_the_program_and_of_other_threads_stay() {
    let mut build = Build {
        builder: ProfileBuilder::new(MeasureMode::WallTime),
    };
    let price = build.method("price", Some(SHOP));
    let map = build.method("map", None);
    build.builder.thread(1, 1, map, 1, 10);
    build.builder.thread(2, 2, map, 1, 10);
    build.builder.thread(3, 3, price, 1, 10);
    let rest = build.builder.finish().without_framework(&framework());
    assert_eq!(paths(&rest), ["[global]# 1", "It#map 1", "It#price 1"]);
}

#[test]
fn a_profile_without_a_framework_is_what_it_was() {
    let profile = example();
    let rest = profile.without_framework(&Framework::default());
    assert_eq!(paths(&rest), paths(&profile));
    assert_eq!(
        Profile::default().without_framework(&framework()).nodes(),
        []
    );
}
