using System.Data.Common;
using LinqToDB.Interceptors;

namespace Realtime.Node.Persistence.Store;

/// <summary>
/// Leaves the caller's thread before a connection opens: the journal's write stream should be gathering the next batch meanwhile.
/// </summary>
internal sealed class YieldingInterceptor : ConnectionInterceptor
{
    public override async Task ConnectionOpeningAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
