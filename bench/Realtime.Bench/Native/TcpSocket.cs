using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Realtime.Bench.Native;

/// <summary>A non-blocking TCP descriptor on the loopback network.</summary>
internal static unsafe class TcpSocket
{
    /// <summary>
    /// Begins a connection from 127.0.0.<paramref name="source"/> to 127.0.0.1. Each source address has its own 28,000 ports, so several of them
    /// hold more sockets to one server port than a single address could.
    /// </summary>
    public static int Connect(byte source, int port, int receiveBuffer)
    {
        var descriptor = Libc.Socket(Libc.AddressFamilyInet, Libc.StreamNonBlockingCloseOnExec, Libc.ProtocolTcp);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());

        SetOption(descriptor, Libc.ProtocolTcp, Libc.NoDelayOption, 1);
        SetOption(descriptor, Libc.ProtocolIp, Libc.BindAddressNoPortOption, 1);
        if (receiveBuffer > 0)
            SetOption(descriptor, Libc.SocketLevel, Libc.ReceiveBufferOption, receiveBuffer); // Before connect: it bounds the window that is announced.

        var address = stackalloc byte[16];
        WriteAddress(address, source, 0);
        if (Libc.Bind(descriptor, address, 16) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        WriteAddress(address, 1, port);
        if (Libc.Connect(descriptor, address, 16) < 0 && Marshal.GetLastPInvokeError() is var error && error != Libc.InProgress)
        {
            _ = Libc.Close(descriptor);
            throw new Win32Exception(error);
        }

        return descriptor;
    }

    /// <summary>Zero, or the error that ended a connect.</summary>
    public static int TakeError(int descriptor)
    {
        int error;
        uint length = sizeof(int);
        return Libc.GetOption(descriptor, Libc.SocketLevel, Libc.ErrorOption, &error, &length) < 0 ? Marshal.GetLastPInvokeError() : error;
    }

    /// <summary>Bytes read; zero at the end of the stream or on a broken connection; −1 when there is nothing yet.</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        nint count;
        fixed (byte* start = buffer)
            count = Libc.Receive(descriptor, start, (nuint)buffer.Length, 0);
        if (count >= 0)
            return (int)count;
        return Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted ? -1 : 0;
    }

    /// <summary>Bytes taken by the kernel (perhaps none); −1 on a broken connection.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        nint count;
        fixed (byte* start = bytes)
            count = Libc.Send(descriptor, start, (nuint)bytes.Length, Libc.NoSignal);
        if (count >= 0)
            return (int)count;
        return Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted ? 0 : -1;
    }

    /// <summary>With a reset, so that thousands of closed sockets leave no ports in time-wait for the next run.</summary>
    public static void Reset(int descriptor)
    {
        SetOption(descriptor, Libc.SocketLevel, Libc.LingerOption, 1L);
        _ = Libc.Close(descriptor);
    }

    private static void SetOption<T>(int descriptor, int level, int name, T value)
        where T : unmanaged
    {
        if (Libc.SetOption(descriptor, level, name, &value, (uint)sizeof(T)) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private static void WriteAddress(byte* address, byte host, int port)
    {
        new Span<byte>(address, 16).Clear();
        *(ushort*)address = Libc.AddressFamilyInet;
        address[2] = (byte)(port >> 8);
        address[3] = (byte)port;
        address[4] = 127;
        address[7] = host;
    }
}
