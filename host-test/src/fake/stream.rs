//! A connection, with TLS or without.

use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::tls::Tls;

/// A connection, with TLS or without.
pub enum Stream {
    /// As it is.
    Plain(TcpStream),
    /// What was looked at and not read stays in the buffer.
    Tls(Box<BufReader<TlsStream<TcpStream>>>),
}

impl Stream {
    /// Begins, with a handshake where there is TLS.
    pub async fn begin(stream: TcpStream, tls: Option<&Tls>) -> io::Result<Stream> {
        let Some(tls) = tls else {
            return Ok(Stream::Plain(stream));
        };
        let stream = tls.acceptor.accept(stream).await?;
        tls.count(stream.get_ref().1.handshake_kind());
        Ok(Stream::Tls(Box::new(BufReader::new(stream))))
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream.get_ref().get_ref().0,
        }
    }

    /// Whether bytes have come. Does not ask the runtime, which learns of them a little later.
    pub fn has_bytes(&self) -> bool {
        if let Stream::Tls(stream) = self
            && !stream.buffer().is_empty()
        {
            return true;
        }
        let here = SockRef::from(self.tcp()).peek(&mut [MaybeUninit::uninit()]);
        !here.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Waits for bytes, and looks at them without taking them. None where no more come.
    pub async fn peek(&mut self, start: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.peek(start).await,
            Stream::Tls(stream) => {
                let bytes = stream.fill_buf().await?;
                let length = bytes.len().min(start.len());
                for (to, from) in start.iter_mut().zip(bytes) {
                    *to = *from;
                }
                Ok(length)
            }
        }
    }

    /// Lets the end of the connection be a reset.
    pub fn reset(&self) {
        let _ = self.tcp().set_zero_linger();
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
