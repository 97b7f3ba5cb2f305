using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Realtime.Bench.Native;

/// <summary>A level-triggered epoll set. After <see cref="Wait"/> the ready descriptors are read with <see cref="this[int]"/>.</summary>
internal sealed unsafe class Poller : IDisposable
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;

    /// <summary>EPOLLERR and EPOLLHUP, which are reported without being asked for: the next receive tells what happened.</summary>
    public const uint Broken = 0x8 | 0x10;

    private const int Capacity = 1024;

    // struct epoll_event is packed on x86-64 and naturally aligned everywhere else.
    private static readonly int EntrySize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll;
    private readonly byte* _ready = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * 16));

    public Poller()
    {
        _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
        if (_epoll < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public (int Descriptor, uint Events) this[int index]
    {
        get
        {
            var entry = _ready + index * EntrySize;
            return (*(int*)(entry + EntrySize - 8), *(uint*)entry);
        }
    }

    public void Add(int descriptor, uint events) => Control(Libc.EpollAdd, descriptor, events);

    public void Change(int descriptor, uint events) => Control(Libc.EpollModify, descriptor, events);

    public void Remove(int descriptor) => Control(Libc.EpollRemove, descriptor, 0);

    public int Wait(int milliseconds)
    {
        var count = Libc.EpollWait(_epoll, _ready, Capacity, milliseconds);
        if (count >= 0)
            return count;
        var error = Marshal.GetLastPInvokeError();
        return error == Libc.Interrupted ? 0 : throw new Win32Exception(error);
    }

    public void Dispose()
    {
        NativeMemory.Free(_ready);
        _ = Libc.Close(_epoll);
    }

    private void Control(int operation, int descriptor, uint events)
    {
        var interest = stackalloc byte[16];
        *(uint*)interest = events;
        *(long*)(interest + EntrySize - 8) = descriptor;
        if (Libc.EpollControl(_epoll, operation, descriptor, interest) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
