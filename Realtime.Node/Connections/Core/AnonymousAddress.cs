

namespace Realtime.Node.Connections.Core;

/// <summary>What <see cref="AnonymousLedger"/> knows of one address; only the ledger changes it.</summary>
internal sealed class AnonymousAddress(ClientAddress id, TokenBucket rate)
{
    private TokenBucket _rate = rate;

    public ClientAddress Id => id;

    public ref TokenBucket Rate => ref _rate;

    public long Bytes { get; set; }

    public int Sessions { get; set; }

    /// <summary>When its last session went, monotonic milliseconds.</summary>
    public long EmptySince { get; set; }
}
