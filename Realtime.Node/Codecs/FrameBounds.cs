namespace Realtime.Node.Codecs;

/// <summary>
/// How large the parts of a client frame may be, whatever the configuration says. They bound what one frame can make the server hold
/// on to; limits that an operator sets (message size, subscriptions) are checked behind the codec and are smaller.
/// </summary>
internal static class FrameBounds
{
    /// <summary>Frames in one transport message.</summary>
    public const int Frames = 64;

    /// <summary>Levels of nesting in one frame, the frame itself being the first.</summary>
    public const int Depth = 32;

    /// <summary>2^53: up to here every JSON parser gives integers back exactly.</summary>
    public const long Integer = 1L << 53;

    public const int Tags = 16;
    public const int TagKeyBytes = 32;
    public const int TagValueBytes = 128;

    public const int TokenBytes = 16_384;
    public const int ResumeTokenBytes = 1_024;
    public const int ClientTextBytes = 64;
    public const int MethodBytes = 128;
    public const int KeyBytes = 128;

    /// <summary>Messages that <c>from.last</c> or <c>limit</c> may ask for.</summary>
    public const int Count = 1_000_000;

    /// <summary>Seconds that <c>from.ago</c> may reach back: a hundred years.</summary>
    public const double Ago = 3_155_760_000;
}
