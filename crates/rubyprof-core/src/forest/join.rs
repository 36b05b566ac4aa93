//! Trees of other forests and profiles, added to a forest's.

use super::{Forest, Numbers, Twig, TwigId};
use crate::allocation::Allocation;
use crate::method::{Method, MethodId};
use crate::profile::Profile;
use crate::source::Location;

impl Forest {
    /// Takes over all trees, threads and allocations of another forest. Returns what to add to the
    /// numbers of its twigs, and its methods' ids here.
    pub fn absorb(&mut self, other: &Self) -> (u32, Vec<MethodId>) {
        let other = &*self.align_forest(other);
        let offset = self.twigs.len() as u32;
        let moved = |id: TwigId| TwigId(id.0 + offset);
        let methods: Vec<MethodId> = other
            .methods
            .iter()
            .map(|method| {
                let file = method
                    .file
                    .map(|file| self.sources.file(other.file_name(file).as_bytes()));
                self.method(Method {
                    file,
                    ..method.clone()
                })
            })
            .collect();
        for twig in &other.twigs {
            let file = twig.call_site.file.map(|file| other.file_name(file));
            let call_site = Location {
                file: file.map(|name| self.sources.file(name.as_bytes())),
                line: twig.call_site.line,
            };
            self.twigs.push(Twig {
                method: methods[twig.method.index()],
                numbers: twig.numbers,
                call_site,
                parent: twig.parent.map(moved),
                children: twig.children.iter().copied().map(moved).collect(),
            });
        }
        for (index, twig) in self.twigs.iter().enumerate().skip(offset as usize) {
            if let Some(parent) = twig.parent {
                let key = (parent, twig.method.0);
                self.by_method.insert(key, TwigId(index as u32));
            }
        }
        for (id, latency) in &other.latencies {
            self.latencies.insert(moved(*id), latency.clone());
        }
        let first_thread = self.threads.len() as u32;
        for (thread, root) in &other.threads {
            self.threads.push((thread.clone(), moved(*root)));
        }
        for allocation in &other.allocations {
            let file = allocation.location.file.map(|file| other.file_name(file));
            self.allocations.push(Allocation {
                thread: allocation.thread + first_thread,
                method: methods[allocation.method.index()],
                location: Location {
                    file: file.map(|name| self.sources.file(name.as_bytes())),
                    line: allocation.location.line,
                },
                ..allocation.clone()
            });
        }
        (offset, methods)
    }

    /// Adds a thread's tree and allocations to the tree of `root`, path by path. Their root methods
    /// are taken to be the same.
    pub fn add_tree(&mut self, root: TwigId, part: &Profile, thread: usize) {
        let part = &*self.align_part(part);
        let methods: Vec<MethodId> = (0..part.methods.len())
            .map(|index| {
                let method = self.renamed(part, index);
                self.method(method)
            })
            .collect();
        let part_root = part.threads[thread].root;
        let mut placed: Vec<TwigId> = Vec::new();
        for id in part.subtree(part_root) {
            let node = part.node(id);
            let method = methods[node.method.index()];
            let twig = match part.parent(id) {
                None => root,
                Some(parent) => {
                    let parent = placed[(parent.0 - part_root.0) as usize];
                    self.child(parent, method).unwrap_or_else(|| {
                        let call_site = self.relocated(part, part.call_site(id));
                        let twig = self.push(method, Numbers::default(), call_site);
                        self.link(parent, twig);
                        twig
                    })
                }
            };
            self.numbers_mut(twig).add(&Numbers {
                called: node.called,
                total: node.total,
                own: part.self_value(id),
                wait: part.wait(id),
                gc: part.gc(id),
                collections: part.collections(id),
                stopped: part.stopped(id),
                overhead: node.overhead,
                partial: part.partial(id),
            });
            if let Some(row) = part.latencies().of(id) {
                self.latencies.entry(twig).or_default().add_row(row);
            }
            placed.push(twig);
        }
        let Some(into) = self.threads.iter().position(|(_, known)| *known == root) else {
            return;
        };
        let unexplained = &mut self.threads[into].0.unexplained;
        *unexplained = unexplained.saturating_add(part.threads[thread].unexplained);
        if let Some(more) = part.threads[thread].cpu {
            let cpu = self.threads[into].0.cpu.get_or_insert(0);
            *cpu = cpu.saturating_add(more);
        }
        for allocation in part.allocations_of_thread(thread as u32) {
            let mut moved = allocation.clone();
            moved.thread = into as u32;
            moved.method = methods[allocation.method.index()];
            moved.location = self.relocated(part, allocation.location);
            let known = self.allocations.iter_mut().find(|known| {
                (known.thread, known.method, known.location)
                    == (moved.thread, moved.method, moved.location)
                    && (known.owner_kind, &known.class_name)
                        == (moved.owner_kind, &moved.class_name)
            });
            match known {
                Some(known) => {
                    known.count += moved.count;
                    known.bytes += moved.bytes;
                }
                None => self.allocations.push(moved),
            }
        }
        self.settings.track_allocations |= part.track_allocations;
    }
}
