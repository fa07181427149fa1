//! A connection's stream with a time limit on writing, and with a place that it may lose to another connection.

use std::{
    future::Future,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

use super::connections::{Connections, Place};

/// The time within which a client must take `MIN_BYTES` of what is written, or all of it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
const MIN_BYTES: usize = 32 * 1024;

/// Gives each accepted connection a place among the open connections.
#[derive(Clone)]
pub(super) struct GuardingAcceptor(pub(super) Connections);

impl<I, S> Accept<I, S> for GuardingAcceptor {
    type Stream = GuardedStream<I>;
    type Service = S;
    type Future = std::future::Ready<io::Result<(GuardedStream<I>, S)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        std::future::ready(Ok((GuardedStream { stream, place: self.0.take_place(), stall: None }, service)))
    }
}

/// A stream that fails when its client does not read, or when its place was given to another.
pub(super) struct GuardedStream<I> {
    stream: I,
    place: Place,
    stall: Option<Stall>,
}

/// A client that does not take what is written.
struct Stall {
    /// The number of bytes that it has taken since.
    taken: usize,
    deadline: Pin<Box<Sleep>>,
}

impl<I> GuardedStream<I> {
    fn check_place(&self, cx: &Context<'_>) -> io::Result<()> {
        match self.place.is_lost(cx) {
            true => Err(io::Error::new(ErrorKind::ConnectionAborted, "another connection needs the place")),
            false => Ok(()),
        }
    }

    /// Fails when the time limit of a client that does not read is over.
    fn check_stall(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let Some(stall) = &mut self.stall else { return Ok(()) };
        if stall.deadline.as_mut().poll(cx).is_pending() {
            return Ok(());
        }
        self.place.count_stalled();
        Err(io::Error::new(ErrorKind::TimedOut, "the client does not read"))
    }

    /// Records the outcome of writing `length` bytes.
    fn record_written(&mut self, cx: &mut Context<'_>, outcome: &Poll<io::Result<usize>>, length: usize) {
        match outcome {
            Poll::Ready(Ok(written)) => {
                self.place.record_progress();
                let taken = self.stall.as_ref().map_or(0, |stall| stall.taken + written);
                if *written >= length || taken >= MIN_BYTES {
                    self.stall = None;
                    self.place.set_stalled(false);
                } else if let Some(stall) = &mut self.stall {
                    stall.taken = taken;
                }
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.place.set_stalled(true);
                let stall = self.stall.get_or_insert_with(|| Stall {
                    taken: 0,
                    deadline: Box::pin(tokio::time::sleep_until(Instant::now() + WRITE_TIMEOUT)),
                });
                // Wakes the task when the time is over; `check_stall` reports that.
                let _ = stall.deadline.as_mut().poll(cx);
            }
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for GuardedStream<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check_place(cx)?;
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.place.record_progress();
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for GuardedStream<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_place(cx)?;
        self.check_stall(cx)?;
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.record_written(cx, &outcome, bytes.len());
        outcome
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_place(cx)?;
        self.check_stall(cx)?;
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.record_written(cx, &outcome, slices.iter().map(|slice| slice.len()).sum());
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_place(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_place(cx)?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
