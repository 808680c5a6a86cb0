// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;

/** Answers Bouncy Castle's questions when we are the DTLS client. Thread: the endpoint's. */
final class DtlsClientPeer extends DefaultTlsClient {
    private final DtlsCertificate certificate;
    private final DtlsNegotiation negotiation;

    DtlsClientPeer(DtlsCertificate certificate, DtlsNegotiation negotiation) {
        super(certificate.crypto());
        this.certificate = certificate;
        this.negotiation = negotiation;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return DtlsNegotiation.cipherSuites();
    }

    @Override
    @SuppressWarnings("rawtypes")
    protected Vector getSupportedGroups(Vector namedGroupRoles) {
        Vector<Integer> groups = new Vector<>();
        for (int curve : DtlsNegotiation.curves()) {
            groups.add(curve);
        }
        return groups;
    }

    @Override
    @SuppressWarnings("rawtypes")
    protected Vector getSupportedSignatureAlgorithms() {
        return DtlsNegotiation.signatures(false);
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        // Self-signed: the fingerprint is what counts.
        return false;
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return negotiation.timeoutMs();
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return DtlsNegotiation.FIRST_RESEND_MS;
    }

    @Override
    public int getMaxCertificateChainLength() {
        return DtlsNegotiation.MAX_CERTIFICATES;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return DtlsRecordFilter.MAX_MESSAGE_BYTES;
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        if (extensions == null) {
            extensions = new Hashtable();
        }
        TlsSRTPUtils.addUseSRTPExtension(extensions, DtlsNegotiation.offer());
        return extensions;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processServerExtensions(Hashtable serverExtensions) throws IOException {
        super.processServerExtensions(serverExtensions);
        negotiation.acceptProfile(
                serverExtensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(serverExtensions));
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate serverCertificate) throws IOException {
                negotiation.verifyCertificate(serverCertificate.getCertificate());
            }

            @Override
            public TlsCredentials getClientCredentials(CertificateRequest request) {
                return certificate.credentials(context);
            }
        };
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        negotiation.exportKeys(context);
    }

    @Override
    public void notifyAlertReceived(short level, short description) {
        if (level == AlertLevel.fatal || description == AlertDescription.close_notify) {
            negotiation.setClosedByRemote();
        }
    }
}
