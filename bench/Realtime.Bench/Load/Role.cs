namespace Realtime.Bench.Load;

/// <summary>What a connection of the load is for.</summary>
internal enum Role
{
    Subscriber,

    /// <summary>Subscribes, and from some moment on never reads its socket again.</summary>
    Stopped,
    Publisher,
}
