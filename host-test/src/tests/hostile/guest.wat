  ;; A component that does what the first letter of the action says, and else answers "fine".
  (import "wasi:http/types@0.2.12" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.12" "[method]fields.append"
    (func $append (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.12" "[constructor]outgoing-request"
    (func $request (param i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-scheme"
    (func $scheme (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-authority"
    (func $authority (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.set-path-with-query"
    (func $path (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-request.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]outgoing-body.write" (func $write (param i32 i32)))
  (import "wasi:http/types@0.2.12" "[method]future-incoming-response.subscribe"
    (func $subscribe (param i32) (result i32)))
  (import "wasi:http/outgoing-handler@0.2.12" "handle" (func $handle (param i32 i32 i32 i32)))
  (import "wasi:io/poll@0.2.12" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:io/streams@0.2.12" "[method]output-stream.blocking-write-and-flush"
    (func $flush (param i32 i32 i32 i32)))

  (memory (export "memory") 2)
  (data (i32.const 512) "finex/")
  (global $next (mut i32) (i32.const 65536))

  ;; Gives each value new memory.
  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (global.set $next
      (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (loop $more
      (if (i32.lt_u (i32.mul (memory.size) (i32.const 65536)) (global.get $next))
        (then (drop (memory.grow (i32.const 1))) (br $more))))
    (local.get $at))

  ;; A string of this place and length.
  (func $answer (param $at i32) (param $length i32) (result i32)
    (i32.store (i32.const 1024) (i32.const 0))
    (i32.store (i32.const 1032) (local.get $at))
    (i32.store (i32.const 1036) (local.get $length))
    (i32.const 1024))

  (func $recurse (call $recurse) (call $recurse))

  ;; A request to this authority, over plain HTTP.
  (func $outgoing (param $at i32) (param $length i32) (result i32)
    (local $request i32)
    (local.set $request (call $request (call $fields)))
    (drop (call $scheme
      (local.get $request) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (call $authority
      (local.get $request) (i32.const 1) (local.get $at) (local.get $length)))
    (drop (call $path (local.get $request) (i32.const 1) (i32.const 517) (i32.const 1)))
    (local.get $request))

  (func $invoke (param $action i32) (param i32) (param $at i32) (param $length i32) (result i32)
    (local $c i32) (local $handle i32)
    (local.set $c (i32.load8_u (local.get $action)))
    ;; connects elsewhere
    (if (i32.eq (local.get $c) (i32.const 99)) (then
      (call $handle
        (call $outgoing (local.get $at) (local.get $length)) (i32.const 0) (i32.const 0) (i32.const 2048))
      (call $block (call $subscribe (i32.load (i32.const 2056))))))
    ;; loops
    (if (i32.eq (local.get $c) (i32.const 108)) (then (loop $for_ever (br $for_ever))))
    ;; recurses
    (if (i32.eq (local.get $c) (i32.const 114)) (then (call $recurse)))
    ;; grows until it gets no more
    (if (i32.eq (local.get $c) (i32.const 103)) (then
      (loop $more
        (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      unreachable))
    ;; wants more and more
    (if (i32.eq (local.get $c) (i32.const 119)) (then
      (loop $more (drop (memory.grow (i32.const 16))) (br $more))))
    ;; answers a value of 200 MiB
    (if (i32.eq (local.get $c) (i32.const 97)) (then
      (drop (memory.grow (i32.const 3200)))
      (return (call $answer (i32.const 65536) (i32.const 209715200)))))
    ;; answers one from beyond its memory
    (if (i32.eq (local.get $c) (i32.const 98)) (then
      (return (call $answer (i32.const 65536) (i32.const -1)))))
    ;; takes handles
    (if (i32.eq (local.get $c) (i32.const 104)) (then
      (loop $more (drop (call $fields)) (br $more))))
    ;; fills headers
    (if (i32.eq (local.get $c) (i32.const 102)) (then
      (local.set $handle (call $fields))
      (loop $more
        (call $append (local.get $handle)
          (i32.const 516) (i32.const 1) (i32.const 512) (i32.const 5) (i32.const 2048))
        (br $more))))
    ;; sends a body without end
    (if (i32.eq (local.get $c) (i32.const 115)) (then
      (local.set $handle (call $outgoing (local.get $at) (local.get $length)))
      (call $body (local.get $handle) (i32.const 2048))
      (call $write (i32.load (i32.const 2052)) (i32.const 2048))
      (call $handle (local.get $handle) (i32.const 0) (i32.const 0) (i32.const 3072))
      (loop $more
        (call $flush
          (i32.load (i32.const 2052)) (i32.const 0) (i32.const 4096) (i32.const 3072))
        (br $more))))
    (call $answer (i32.const 512) (i32.const 4)))
