using Microsoft.Extensions.Logging;

namespace Realtime.Node.Persistence.Store;

/// <summary>What stores log.</summary>
internal sealed partial class StoreLogging(ILogger logger)
{
    [LoggerMessage(2110, LogLevel.Warning, "The session that claims the store for this node was lost; the claim is taken again")]
    public partial void ClaimBroken(Exception failure);

    [LoggerMessage(2111, LogLevel.Information, "The store is claimed for this node again")]
    public partial void ClaimAgain();

    [LoggerMessage(2112, LogLevel.Debug, "The claim on the store cannot be taken again yet")]
    public partial void ClaimNotTaken(Exception failure);

    [LoggerMessage(2113, LogLevel.Critical, "This node has lost its claim on the store: {Why}")]
    public partial void ClaimLost(string why);

    [LoggerMessage(2114, LogLevel.Debug, "The claim on the store was not given back; it ends with its session")]
    public partial void ClaimNotReleased(Exception failure);

    [LoggerMessage(2115, LogLevel.Warning, "The database did not confirm that this node still claims the store")]
    public partial void ClaimNotProved(Exception failure);
}
