//! Keys that mean the same in every process.

use rubyprof_core::{MeasureMode, Method, MethodKey, NodeId, OwnerKind, Profile, ProfileBuilder};

fn method(owner: u64, name: &str) -> Method {
    Method {
        key: MethodKey { owner, called: 7 },
        class_name: "Job".into(),
        name: Some(name.into()),
        ..Method::default()
    }
}

/// A thread that calls each of the methods once, for 10.
fn profile(methods: &[Method]) -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    let root = builder.thread(8, 8, main, 1, 100);
    for method in methods {
        let method = builder.method(method.clone());
        builder.call(root, method, Default::default(), 1, 10);
    }
    builder.finish()
}

fn names(profile: &Profile) -> Vec<String> {
    let callees = profile.children(NodeId(0));
    callees
        .map(|id| {
            let node = profile.node(id);
            format!(
                "{} {}",
                profile.method(node.method).full_name(),
                node.called
            )
        })
        .collect()
}

#[test]
fn numbers_that_collide_join_nothing() {
    let ours = profile(&[method(0x10, "save")]);
    let theirs = profile(&[method(0x10, "load")]);
    // That is why.
    assert_eq!(names(&ours.followed_by(&theirs)), ["Job#save 2"]);
    let joined = ours
        .with_portable_keys()
        .followed_by(&theirs.with_portable_keys());
    assert_eq!(names(&joined), ["Job#save 1", "Job#load 1"]);
}

#[test]
fn the_same_methods_of_two_processes_are_one() {
    let ours = profile(&[method(0x10, "load"), method(0x20, "save")]).with_portable_keys();
    let theirs = profile(&[method(0x90, "save"), method(0x98, "load")]).with_portable_keys();
    let joined = ours.followed_by(&theirs);
    assert_eq!(names(&joined), ["Job#load 2", "Job#save 2"]);
    assert_eq!(joined.clone().with_portable_keys(), joined);
}

#[test]
fn portable_keys_never_equal_recorded_ones() {
    // Owners are addresses, which do not have the highest bit.
    let methods: Vec<Method> = (0..64)
        .map(|number| method(u64::MAX >> 1, &format!("save_{number}")))
        .collect();
    let portable = profile(&methods).with_portable_keys();
    let keys = portable.methods().iter().map(|one| one.key);
    assert_eq!(keys.filter(|key| key.owner >> 63 == 1).count(), 65);

    let recorded = profile(&[method(u64::MAX >> 1, "save")]);
    let joined = recorded.followed_by(&recorded.clone().with_portable_keys());
    assert_eq!(joined.methods().len(), 4);
}

#[test]
fn whatever_tells_methods_apart_counts() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let (a, b) = (Some(builder.file("a.rb")), Some(builder.file("b.rb")));
    let plain = method(1, "save");
    let variants = [
        Method {
            class_name: "Jobs".into(),
            ..plain.clone()
        },
        Method {
            class_name: "Jobsa".into(),
            name: Some("ve".into()),
            ..plain.clone()
        },
        Method {
            owner_kind: OwnerKind::ClassSingleton,
            ..plain.clone()
        },
        Method {
            name: None,
            ..plain.clone()
        },
        Method {
            name: Some(String::new()),
            ..plain.clone()
        },
        Method {
            file: a,
            ..plain.clone()
        },
        Method {
            file: b,
            ..plain.clone()
        },
        Method {
            file: b,
            line: 1,
            ..plain.clone()
        },
        // Two classes that were defined in the same place.
        plain.clone(),
        plain,
    ];
    let count = variants.len();
    for variant in variants {
        builder.method(variant);
    }
    let profile = builder.finish().with_portable_keys();
    let keys: std::collections::HashSet<_> = profile.methods().iter().map(|one| one.key).collect();
    assert_eq!(keys.len(), count);
}

#[test]
fn keys_are_the_same_in_every_release() {
    // Computed by another program.
    let key = profile(&[method(1, "save")]).with_portable_keys().methods()[1].key;
    assert_eq!(
        format!("{:x} {:x}", key.owner, key.called),
        "dc1ab3f19d5ca279 8d5ea5588b95de30"
    );
}
