// SPDX-License-Identifier: Apache-2.0
/**
 * Documents out of the store: one consultation as JSON and as an attendance sheet to sign, one person as JSON, reports
 * as JSON and CSV.
 *
 * <p>Names are in a document only when it is asked for them, and each is audited before it is told.
 *
 * <p>Spec: requirements D3 and D4, RFC 4180 (CSV), ISO 32000 by way of PDFBox. Left out on purpose: clinical text; the
 * sheet leaves blank fields for it. Thread: any; blocks. Reading order:
 * {@link org.nhipcau.signaling.store.sheet.Exports}, {@link org.nhipcau.signaling.store.sheet.AttendanceSheet},
 * {@link org.nhipcau.signaling.store.sheet.ReportSheet}.
 */
package org.nhipcau.signaling.store.sheet;
