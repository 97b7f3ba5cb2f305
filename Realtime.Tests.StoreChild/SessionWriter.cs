using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;

namespace Realtime.Tests.StoreChild;

/// <summary>Writes one session again and again; its record says which revision it is.</summary>
internal sealed class SessionWriter(ISessionStore store, SessionId session, StoredSession? stored, Acknowledgements acknowledgements) : IWriteReceiver
{
    private long _revision = stored?.Revision ?? 0;

    public void Start() => Put();

    public void OnWritten(object request, WriteOutcome outcome)
    {
        if (outcome != WriteOutcome.Committed)
        {
            Environment.FailFast($"session: {outcome}");
        }

        acknowledgements.Write("session", ++_revision);
        Put();
    }

    private void Put() => store.Put(new SessionWrite(session, _revision, new SessionRecord { Attach = _revision + 1 }, null), this);
}
