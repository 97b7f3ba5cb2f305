using Microsoft.Extensions.Logging;

namespace Realtime.Node.Persistence.Store;

/// <summary>What stores log.</summary>
internal sealed partial class StoreLogging(ILogger logger)
{
    [LoggerMessage(2113, LogLevel.Critical, "This node has lost its claim on the store: {Why}")]
    public partial void ClaimLost(string why);

    [LoggerMessage(2116, LogLevel.Debug, "The database of the member rows is reached")]
    public partial void MembersReached();

    [LoggerMessage(2117, LogLevel.Debug, "The database of the member rows is not reached")]
    public partial void MembersNotReached(Exception failure);

    [LoggerMessage(2118, LogLevel.Warning, "This node's member row was not renewed")]
    public partial void RowNotRenewed(Exception failure);

    [LoggerMessage(2119, LogLevel.Debug, "This node's member row was not ended; it stands still from now on")]
    public partial void RowNotEnded(Exception failure);
}
